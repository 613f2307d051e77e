"""OpenVINO on the plain ONNX export, with its own defaults but the number of threads."""

from importlib.metadata import version
from typing import Any

import numpy as np
import openvino
from child import Job, serve
from exported import Exported


class OpenVino(Exported):
    """See `Exported`."""

    def __init__(self, job: Job) -> None:
        super().__init__(job)
        core = openvino.Core()
        settings = {"INFERENCE_NUM_THREADS": job.threads}
        self._model = core.compile_model(str(job.model / "model.onnx"), "CPU", settings)

    def versions(self) -> dict[str, str]:
        return {"openvino": version("openvino")}

    def infer(self, ids: Any, mask: Any) -> Any:
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        return next(iter(self._model(given).values()))


if __name__ == "__main__":
    serve(OpenVino)
