"""From records to Arrow, column by column."""

from collections.abc import Iterable, Sequence
from itertools import accumulate, chain
from operator import attrgetter
from typing import Any

import pyarrow as pa

from warehouse.columns import Table


def rows_to_arrow(table: Table, rows: Iterable[object]) -> pa.Table:
    """Read the attributes that the table's columns name from each row.

    Raises:
        AttributeError: when a row lacks a column.
        ValueError: when a column that may not be empty is.
        pyarrow.ArrowException: when a value does not fit its column's type.
    """
    rows = rows if isinstance(rows, Sequence) else list(rows)
    arrays = []
    for column in table.columns:
        values = list(map(attrgetter(column.name), rows))
        array = _array(values, column.type)
        if array.null_count and not column.nullable:
            raise ValueError(f"{table.name}.{column.name} is empty in {array.null_count} of {len(values)} rows.")
        arrays.append(array)
    return pa.Table.from_arrays(arrays, schema=table.schema())


def _array(values: list[Any], kind: pa.DataType) -> pa.Array:
    if pa.types.is_list(kind) and pa.types.is_struct(kind.value_type):
        return _struct_lists(values, kind)
    return pa.array(values, kind)


def _struct_lists(lists: list[Sequence[object]], kind: pa.DataType) -> pa.Array:
    """Lists of small records: flattened first, since that spares a dict for each of them."""
    offsets = pa.array(accumulate(map(len, lists), initial=0), pa.int32())
    flat = list(chain.from_iterable(lists))
    parts = list(kind.value_type)
    columns = [pa.array(list(map(attrgetter(part.name), flat)), part.type) for part in parts]
    return pa.ListArray.from_arrays(offsets, pa.StructArray.from_arrays(columns, fields=parts), type=kind)
