"""SavedModels of TensorFlow, as TF-Hub publishes them: ``saved_model.pb``, ``variables/``, ``assets/``.

Read are those of google-research's code, of transformers' TensorFlow classes and of TensorFlow's model garden; also
graphs whose weights were frozen into constants.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from annopipe.importers.facts import completed, read_config
from annopipe.importers.found import Choices, Found
from annopipe.importers.google_research import ACTIVATIONS, CONFIG, LOWER
from annopipe.importers.tensorflow.saved_model import SavedModel
from annopipe.importers.vocabularies import vocabulary_in

GRAPH: Final = "saved_model.pb"
CONFIGS: Final = (CONFIG, f"assets/{CONFIG}", "config.json", "assets/config.json")


def read(folder: Path, choices: Choices) -> Found:
    """Read a SavedModel and the vocabulary in its assets, weights bit for bit; kernels are transposed.

    Raises:
        ModelFileMissing: variables or vocabulary are not there.
        SourceError: nothing tells its heads or layers.
        OtherArchitecture: a BERT or another one.
        CheckpointError: graph or variables are damaged.
    """
    model = SavedModel(folder / GRAPH, folder / "variables" / "variables")
    tensors = model.tensors()
    config, assumed = completed(tensors, model.facts(tensors), choices, _config(folder, choices))
    lowers, cased = model.lowers_case(), choices.case_sensitive
    if cased is None and lowers is None:
        assumed = (*assumed, LOWER)
    settings = {"case_sensitive": lowers is False if cased is None else cased}
    return Found("tf-hub", config, tensors, vocabulary_in(folder, choices), assumed, model.left_out, settings)


def _config(folder: Path, choices: Choices) -> Mapping[str, Any]:
    """Return what a config file says, where there is one."""
    paths = [choices.config] if choices.config is not None else [folder / place for place in CONFIGS]
    path = next((path for path in paths if path.is_file()), choices.config)
    if path is None:
        return {}
    values = read_config(path)
    if path.name == CONFIG and isinstance(values.get("hidden_act"), str):
        values["hidden_act"] = ACTIVATIONS.get(values["hidden_act"], values["hidden_act"])
    return values
