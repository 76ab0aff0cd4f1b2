"""What a commit does to the stored rows of one table: rows that go, and new values in rows that stay."""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from warehouse.columns import Table

SEPARATOR = "\0"

Values = Mapping[str, Mapping[str, object]]
"""New values of single columns, by the id of a document."""


@dataclass(frozen=True)
class Edit:
    """What happens to the stored rows of one table.

    Attributes:
        gone: owners (see :func:`owners`) whose rows go.
        months: the partitions that can hold rows to change; None where the table has none.
        values: documents that stay, with new values in some columns.
    """

    gone: pa.Array
    months: set[str] | None
    values: Values

    @cached_property
    def touched(self) -> pa.Array:
        """Owners whose rows change in any way."""
        return pa.concat_arrays([self.gone, pa.array(self.values, pa.string())])

    @cached_property
    def first_parts(self) -> list[str]:
        """The first column of these owners, in order."""
        return sorted({key.partition(SEPARATOR)[0] for key in self.touched.to_pylist()})


def owners(table: Table, rows: pa.Table) -> pa.ChunkedArray:
    """What each row belongs to, as one string: a document id, or the path, member and record that it came from."""
    parts = [rows.column(name).cast(pa.string()) for name in table.owner]
    if len(parts) == 1:
        return parts[0]
    return pc.binary_join_element_wise(*parts, SEPARATOR, null_handling="replace", null_replacement=SEPARATOR)


def owner(*parts: object) -> str:
    """One owner, as :func:`owners` gives them."""
    return SEPARATOR.join(SEPARATOR if part is None else str(part) for part in parts)


def holds(table: Table, file: Path, edit: Edit) -> bool:
    """Whether a file has a row to change; of row groups that may, only the columns that tell are read."""
    with pq.ParquetFile(file) as source:
        for group in range(source.num_row_groups):
            if not may_hold(source.metadata.row_group(group), table.owner[0], edit.first_parts):
                continue
            rows = source.read_row_group(group, columns=list(table.owner))
            if pc.any(pc.is_in(owners(table, rows), value_set=edit.touched)).as_py():
                return True
    return False


def may_hold(group: pq.RowGroupMetaData, column: str, ordered: list[str]) -> bool:
    """Whether a row group can have one of the values, which are given in order, in a column of strings."""
    bounds = key_bounds(group, column)
    if bounds is None:
        return True
    position = bisect_left(ordered, bounds[0])
    return position < len(ordered) and ordered[position] <= bounds[1]


def key_bounds(group: pq.RowGroupMetaData, column: str) -> tuple[str, str] | None:
    """Smallest and largest value of a string column of a row group; None where the file does not say."""
    for index in range(group.num_columns):
        chunk = group.column(index)
        if chunk.path_in_schema == column:
            known = chunk.statistics
            return (known.min, known.max) if known is not None and known.has_min_max else None
    return None


def edited(table: Table, edit: Edit, rows: pa.Table) -> pa.Table:
    """The rows of a file after the edit."""
    rows = rows.filter(pc.invert(pc.is_in(owners(table, rows), value_set=edit.gone)))
    return with_values(rows, edit.values)


def with_values(rows: pa.Table, values: Values) -> pa.Table:
    """Documents with the given values in the given columns; whatever is not given stays."""
    for name in dict.fromkeys(name for given in values.values() for name in given):
        some = {document_id: given[name] for document_id, given in values.items() if name in given}
        position = pc.index_in(rows.column("document_id"), value_set=pa.array(some, pa.string()))
        index = rows.column_names.index(name)
        field = rows.schema.field(index)
        given = pa.array(some.values(), field.type).take(position.combine_chunks())
        value = pc.if_else(pc.is_valid(position), given, rows.column(name))
        rows = rows.set_column(index, field, value)
    return rows
