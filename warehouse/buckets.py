"""Files of a bounded size: the rows of a partition cut into buckets by what they belong to.

A correction rewrites the files that hold its document, so no file may grow with its month. Document ids are hashes, so
ranges of them are hash buckets of equal size; unlike a hash modulo something they also give each file a narrow minimum
and maximum, by which readers skip it. Rows of ``sources`` and ``rejects`` are cut by path in the same way.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.columns import Table

TARGET_BYTES = {"documents": 320_000, "entities": 256_000, "quotes": 320_000}
"""Length of a file above which its rows are cut, by table: one corrected document rewrites one file of each."""

OTHER_TARGET_BYTES = 160_000
"""The same for the other tables, ``sources`` above all."""


@dataclass(frozen=True)
class Range:
    """Keys from ``low`` (None: the first) to ``high``, which is not included (None: to the last)."""

    low: str | None
    high: str | None

    def rows(self, table: Table, rows: pa.Table) -> pa.Table:
        """Those of the rows that fall into it."""
        keys = keys_of(table, rows)
        wanted = None
        if self.low is not None:
            wanted = pc.greater_equal(keys, self.low)
        if self.high is not None:
            below = pc.less(keys, self.high)
            wanted = below if wanted is None else pc.and_(wanted, below)
        return rows if wanted is None else rows.filter(wanted)

    def meets(self, lowest: str, highest: str) -> bool:
        """Whether keys whose first parts lie between the two, both included, can fall into it."""
        return (self.low is None or self.low <= highest + AFTER_ALL) and (self.high is None or lowest < self.high)


SEPARATOR = "\0"
AFTER_ALL = SEPARATOR + "\U0010ffff"
"""Sorts after whatever may follow the first part of a key."""


def key_columns(table: Table) -> list[str]:
    """The columns by which a table is cut: the document, or path and member."""
    return list(table.owner[:2])


def keys_of(table: Table, rows: pa.Table) -> pa.ChunkedArray:
    """By what each row is assigned to a bucket: its document, or its path and member."""
    first, *rest = (rows.column(name) for name in key_columns(table))
    if not rest:
        return first
    return pc.binary_join_element_wise(first, *rest, SEPARATOR, null_handling="replace", null_replacement="")


def bucket_count(table: Table, expected_bytes: float) -> int:
    """Into how many files rows that take so many bytes on disk are cut."""
    target = TARGET_BYTES.get(table.name, OTHER_TARGET_BYTES)
    return max(1, -(-int(expected_bytes) // target))


def ranges(keys: Iterable[str], count: int) -> list[Range]:
    """At most ``count`` ranges that hold about equally many of the keys; a key given often weighs as often."""
    ordered = sorted(keys)
    if not ordered:
        return [Range(None, None)]
    cuts = sorted({ordered[len(ordered) * number // count] for number in range(1, count)} - {ordered[0]})
    return [Range(low, high) for low, high in zip([None, *cuts], [*cuts, None], strict=True)]


def cut(table: Table, rows: pa.Table, row_bytes: float) -> Iterator[tuple[str, pa.Table]]:
    """The rows in buckets, each with the ending of its file's name; one bucket has none.

    Args:
        row_bytes: what a row takes on disk, about.
    """
    count = bucket_count(table, rows.num_rows * row_bytes)
    if count == 1:
        yield "", rows
        return
    parts = (part.rows(table, rows) for part in ranges(keys_of(table, rows).to_pylist(), count))
    for number, part in enumerate(part for part in parts if part.num_rows):
        yield bucket_name(number), part


def bucket_name(number: int) -> str:
    """The ending of a file's name that tells its bucket."""
    return f"-b{number:03d}"


def in_groups(sizes: Sequence[int], most: int) -> Iterator[range]:
    """Positions of consecutive items in groups whose sizes sum to at most ``most``, or of one item."""
    start = total = 0
    for position, size in enumerate(sizes):
        if position > start and total + size > most:
            yield range(start, position)
            start, total = position, 0
        total += size
    if sizes:
        yield range(start, len(sizes))
