"""Arrow arrays as Arrow's Java up to that of Apache Spark 3.5 sends them: no values, no bytes of offsets."""

import pyarrow as pa

GARBAGE = pa.py_buffer(b"\xfe" * 64).slice(32, 0)
"""No bytes, beside some that are no offsets: what a reader finds who reads on."""
NOWHERE = pa.foreign_buffer(0, 0)


def hollow(array: pa.Array, offsets: pa.Buffer = NOWHERE) -> pa.Array:
    """Return an array of the same values; within it strings, binaries, lists and maps of none have these offsets."""
    type_ = array.type
    buffers = list(array.buffers()[: type_.num_buffers])
    has_offsets = type_.num_buffers == 3 or (type_.num_fields == 1 and not pa.types.is_struct(type_))
    has_offsets = has_offsets and not pa.types.is_fixed_size_list(type_)
    if has_offsets and not len(array):
        buffers[1] = offsets
    inside = []
    if pa.types.is_dictionary(type_):
        return pa.DictionaryArray.from_arrays(array.indices, hollow(array.dictionary, offsets))
    if pa.types.is_struct(type_):
        inside = [hollow(array.field(place), offsets) for place in range(type_.num_fields)]
    elif type_.num_fields == 1:
        inside = [hollow(array.values, offsets)]
    assert array.offset == 0
    return pa.Array.from_buffers(type_, len(array), buffers, array.null_count, children=inside)
