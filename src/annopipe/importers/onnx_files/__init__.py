"""ONNX files read without the ``onnx`` package: tensors, nodes, and what of an ALBERT they compute."""
