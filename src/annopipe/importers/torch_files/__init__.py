"""``pytorch_model.bin`` without torch: tensors are read, nothing in the file is run.

``symbols`` names what a file may mention, ``stack`` walks the pickle that describes the tensors, ``tensors`` gives the
descriptions their numbers, ``archive`` is the file around them.
"""
