"""OpenVINO on the plain ONNX export, with its own defaults but the number of threads."""

from importlib.metadata import version
from typing import Any

import numpy as np
import openvino
from child import Job, serve
from exported import Exported

EXACT = ", float32"


class OpenVino(Exported):
    """See `Exported`; a setting with ``, float32`` computes in it, the default in bfloat16 where there is some."""

    def __init__(self, job: Job) -> None:
        super().__init__(job)
        self._job = job
        self._model = self._exact = self._compiled()

    def _compiled(self, **more: str) -> Any:
        settings = {"INFERENCE_NUM_THREADS": self._job.threads, **more}
        return openvino.Core().compile_model(str(self._job.model / "model.onnx"), "CPU", settings)

    def _states(self, setting: str, texts: list[str]) -> list[Any]:
        if not setting.endswith(EXACT):
            return super()._states(setting, texts)
        usual = self._model
        if self._exact is usual:
            self._exact = self._compiled(INFERENCE_PRECISION_HINT="f32")
        self._model = self._exact
        try:
            return super()._states(setting.removesuffix(EXACT), texts)
        finally:
            self._model = usual

    def versions(self) -> dict[str, str]:
        return {"openvino": version("openvino")}

    def infer(self, ids: Any, mask: Any) -> Any:
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        return next(iter(self._model(given).values()))


if __name__ == "__main__":
    serve(OpenVino)
