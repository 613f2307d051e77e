"""ONNX Runtime on the plain export, with its own defaults."""

from importlib.metadata import version
from typing import Any

import numpy as np
import onnxruntime
from child import Job, serve
from exported import Exported


class OnnxRuntime(Exported):
    """See `Exported`."""

    def __init__(self, job: Job) -> None:
        super().__init__(job)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = job.threads
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(job.model / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )

    def versions(self) -> dict[str, str]:
        return {"onnxruntime": version("onnxruntime")}

    def infer(self, ids: Any, mask: Any) -> Any:
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        return self._session.run(None, given)[0]


if __name__ == "__main__":
    serve(OnnxRuntime)
