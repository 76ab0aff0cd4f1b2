"""64-bit hashes of keys and rows, column by column: what lets millions of rows be compared in bounded memory.

Two different values share a hash once in 2^64; whoever reports on a collision looks at the values themselves.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

Hashes = npt.NDArray[np.uint64]

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # 2^64 divided by the golden ratio: Knuth's multiplicative hashing
_NULL = np.uint64(0xD1B54A32D192ED03)


def row_hashes(rows: pa.Table, columns: Sequence[str]) -> Hashes:
    """One hash a row, of its values in these columns; of equal values equal, in whatever chunks they come."""
    result = np.zeros(rows.num_rows, np.uint64)
    for name in columns:
        result = _mixed(result, _column(rows.column(name).combine_chunks()))
    return result


def _mixed(left: Hashes, right: Hashes) -> Hashes:
    mixed = (left ^ (right + _MULTIPLIER + (left << np.uint64(6)))) * _MULTIPLIER
    return mixed ^ (mixed >> np.uint64(29))


def _column(values: Any) -> Hashes:
    if isinstance(values, pa.ChunkedArray):
        values = pa.concat_arrays(values.chunks) if values.num_chunks else pa.array([], values.type)
    kind = values.type
    if pa.types.is_dictionary(kind):
        return _column(values.cast(kind.value_type))
    if pa.types.is_list(kind):
        hashes = _list(values)
    elif pa.types.is_struct(kind):
        hashes = np.zeros(len(values), np.uint64)
        for part in values.flatten():
            hashes = _mixed(hashes, _column(part))
    elif pa.types.is_string(kind) or pa.types.is_large_string(kind):
        hashes = pd.util.hash_array(values.to_numpy(zero_copy_only=False), categorize=False)
    else:
        plain = values.cast(pa.int64()) if pa.types.is_timestamp(kind) else values
        hashes = pd.util.hash_array(pc.fill_null(plain, 0).to_numpy(zero_copy_only=False))
    if values.null_count:
        valid = values.is_valid().to_numpy(zero_copy_only=False)
        hashes = np.where(valid, hashes, _NULL)
    return hashes.astype(np.uint64, copy=False)


def _list(values: Any) -> Hashes:
    """Each element with its place in the list, summed; with the length, so that zeros count."""
    lengths = pc.fill_null(pc.list_value_length(values), 0).to_numpy(zero_copy_only=False).astype(np.int64)
    ends = np.cumsum(lengths)
    place = np.arange(ends[-1] if len(ends) else 0, dtype=np.int64) - np.repeat(ends - lengths, lengths)
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(_mixed(_column(values.flatten()), place.view(np.uint64)))])
    return _mixed(sums[ends] - sums[ends - lengths], lengths.view(np.uint64))
