"""What to do with a file of torch that holds more than tensors: one command, to be run where the file can be trusted.

It is for whole modules, TorchScript programs and the formats of the oldest releases; their code runs there, never here.
"""

from typing import Final

_COMMAND: Final = (
    'python -c "import glob, pickle, torch; from safetensors.torch import save_file; '
    "load = LOAD; "
    "inner = lambda x: x.state_dict() if hasattr(x, 'state_dict') else x; "
    "keys = ('state_dict', 'model_state_dict', 'model', 'module'); "
    "plain = lambda x: inner(next((x[key] for key in keys if key in x), x) if isinstance(x, dict) else x); "
    "found = [item for path in sorted(glob.glob('pytorch_model*.bin')) for item in plain(load(path)).items()]; "
    "save_file({name: x.detach().clone().contiguous() for name, x in found if torch.is_tensor(x)}, "
    "'model.safetensors', metadata={'format': 'pt'})\""
)

COMMAND: Final = _COMMAND.replace("LOAD", "lambda path: torch.load(path, map_location='cpu', weights_only=False)")
"""Writes ``model.safetensors`` beside ``pytorch_model.bin``."""

PICKLE_COMMAND: Final = _COMMAND.replace("LOAD", "lambda path: pickle.load(open(path, 'rb'))")
"""The same of a file that Python's own pickle wrote."""


def _told(command: str) -> str:
    return (
        "Way out: where the model is in memory, model.save_pretrained(folder). Else where the file was made, with "
        "torch and safetensors installed, and only if you trust it, as this runs what is in it. In the folder of the "
        f"file: {command} -- this writes model.safetensors there, which is read in its place"
    )


WAY_OUT: Final = _told(COMMAND)
OF_PICKLE: Final = _told(PICKLE_COMMAND)
