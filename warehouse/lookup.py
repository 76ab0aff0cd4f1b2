"""Rows of a table that have one of some values in one of some columns, found by these columns alone.

File by file with Parquet's own reader: a dataset takes twice the processor time for the many small files of a table.
What is held at once is some thousand values and the rows that were found, however large the table is.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from warehouse.columns import Table
from warehouse.edits import may_hold

ROWS_AT_ONCE = 8_192
"""Rows whose values are compared at once: each comparison makes a hash table of what is looked for."""


@dataclass(frozen=True, slots=True)
class _Part:
    """The columns that tell, of one row group."""

    file: str
    group: int
    values: pa.Table


def find(
    table: Table, files: Iterable[str], values: Mapping[str, Collection[str]], columns: Sequence[str]
) -> Iterator[pa.Table]:
    """The rows, in parts; nulls in columns that an older file does not have.

    Args:
        table: whose files they are.
        files: their paths.
        values: what is looked for, by column; a row needs one of them.
        columns: those of the result.
    """
    wanted = {name: pa.array(sorted(some), pa.string()) for name, some in values.items() if some}
    if not wanted:
        return
    some: list[_Part] = []
    rows = 0
    for part in _parts(table, files, wanted):
        some.append(part)
        rows += part.values.num_rows
        if rows >= ROWS_AT_ONCE:
            yield from _found(table, some, wanted, columns)
            some, rows = [], 0
    yield from _found(table, some, wanted, columns)


def in_turn(table: Table, files: Iterable[str], columns: Sequence[str]) -> Iterator[pa.Table]:
    """All rows, some thousand at a time."""
    some: list[pa.Table] = []
    rows = 0
    for file in files:
        with pq.ParquetFile(file) as source:
            for group in range(source.num_row_groups):
                some.append(_read(table, source, group, columns))
                rows += some[-1].num_rows
                if rows >= ROWS_AT_ONCE:
                    yield pa.concat_tables(some)
                    some, rows = [], 0
    if some:
        yield pa.concat_tables(some)


def _parts(table: Table, files: Iterable[str], wanted: Mapping[str, pa.Array]) -> Iterator[_Part]:
    names = list(wanted)
    # Files are cut by their first key, so bounds tell something about that one alone.
    ordered = wanted[names[0]].to_pylist() if names == [table.owner[0]] else None
    for file in files:
        with pq.ParquetFile(file) as source:
            for group in range(source.num_row_groups):
                if ordered is None or may_hold(source.metadata.row_group(group), names[0], ordered):
                    yield _Part(file, group, _read(table, source, group, names))


def _read(table: Table, source: pq.ParquetFile, group: int, names: Sequence[str]) -> pa.Table:
    rows = source.read_row_group(group, columns=list(names), use_threads=False)
    there = set(rows.column_names)
    kinds = {column.name: column.type for column in table.columns}
    return pa.table(
        {name: rows.column(name) if name in there else pa.nulls(rows.num_rows, kinds[name]) for name in names}
    )


def _found(
    table: Table, parts: Sequence[_Part], wanted: Mapping[str, pa.Array], columns: Sequence[str]
) -> Iterator[pa.Table]:
    if not parts:
        return
    values = pa.concat_tables([part.values for part in parts])
    hits = reduce(pc.or_, (pc.is_in(values.column(name), value_set=some) for name, some in wanted.items()))
    if not pc.any(hits).as_py():
        return
    start = 0
    for part in parts:
        own = hits.slice(start, part.values.num_rows)
        start += part.values.num_rows
        if pc.any(own).as_py():
            with pq.ParquetFile(part.file) as source:
                yield _read(table, source, part.group, columns).filter(own)
