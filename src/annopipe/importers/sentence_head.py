"""The sentence head of a source: what its files say, and its weights, from safetensors or a file of torch."""

from pathlib import Path

from annopipe.albert.safetensors import SafetensorsFile
from annopipe.albert.sentence_steps import SentenceSteps, StepWeights
from annopipe.importers.torch_files.archive import TorchFile
from annopipe.sentence_head import MODULES, Normalize, Step, read_head, transformer_folder


def head_of(source: Path, model: Path) -> SentenceSteps | None:
    """Return the head of the model in a folder of a source; None where it has none.

    Args:
        source: the whole source, unpacked.
        model: where the files of the encoder lie, in it or below.

    Raises:
        SentenceHeadError, ModelFileMissing: it asks for what is not computed here, or is damaged.
        CheckpointError, PickleRefused, ArchiveError: its weights are damaged, or more than weights.
    """
    above = [model, *(folder for folder in model.parents if folder == source or source in folder.parents)]
    root = next((one for one in above if (one / MODULES).is_file() and transformer_folder(one) == model), None)
    head = None if root is None else read_head(root)
    if root is None or head is None:
        return None
    return SentenceSteps(head, tuple(_weights(root, step) for step in head.steps))


def _weights(root: Path, step: Step) -> StepWeights:
    if isinstance(step, Normalize):
        return {}
    path = root / step.weights
    if path.suffix == ".bin":
        with TorchFile(path) as file:
            return {name: file.floats(name) for name in file.plans}
    stored = SafetensorsFile(path)
    return {name: stored.floats(name) for name in stored.entries}
