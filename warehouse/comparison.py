"""What one snapshot changed against another: rows added, replaced and removed, table by table.

Files never change, so only the rows of files that one of the two does not have are compared, by their hashes: memory
and time follow the size of the change, or of what was compacted between the two.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.columns import Table
from warehouse.errors import NoSuchSnapshotError
from warehouse.hashes import Hashes, row_hashes
from warehouse.layout import existing
from warehouse.query import open_warehouse
from warehouse.snapshots import Snapshot, every
from warehouse.tables import SNAPSHOT_TABLES
from warehouse.verification.keys import batches

ROWS_AT_ONCE = 4_000_000
"""Rows of one side whose two hashes, 16 bytes, are held at once."""


@dataclass
class TableChanges:
    """Keys of the rows of one table that changed, and how many they are; the keys are left empty unless asked for.

    Attributes:
        added: rows whose key only the later snapshot has.
        replaced: rows of both whose values differ.
        removed: rows whose key only the earlier snapshot has.
        added_ids, replaced_ids, removed_ids: their keys; of keys of several columns the parts with ``!`` between them.
    """

    added: int = 0
    replaced: int = 0
    removed: int = 0
    added_ids: list[str] = field(default_factory=list)
    replaced_ids: list[str] = field(default_factory=list)
    removed_ids: list[str] = field(default_factory=list)

    @property
    def none(self) -> bool:
        """Whether nothing changed."""
        return not (self.added or self.replaced or self.removed)


@dataclass(frozen=True)
class Changes:
    """The changes from one snapshot to another, by table."""

    earlier: int
    later: int
    tables: dict[str, TableChanges]


def changes(
    root: str | os.PathLike[str], earlier: int | None = None, later: int | None = None, *, ids: bool = False
) -> Changes:
    """Compare two snapshots.

    Args:
        root: the warehouse.
        earlier: number of the one; by default the last two are compared. With one number: that and the one before it.
        later: number of the other.
        ids: list the keys, too.

    Raises:
        NotAWarehouseError, NewerVersionError: as for :func:`warehouse.open`.
        NoSuchSnapshotError: when one of them is not kept.
    """
    newest = open_warehouse(root)
    layout = existing(root)
    kept = [snapshot for snapshot in every(layout) if snapshot.number <= newest.snapshot]
    if later is None:
        later = earlier if earlier is not None else newest.snapshot
        earlier = max((snapshot.number for snapshot in kept if snapshot.number < later), default=None)
    if earlier is None:
        raise NoSuchSnapshotError(layout.root, f"before {later}", [str(snapshot.number) for snapshot in kept])
    for number in (earlier, later):
        open_warehouse(root, snapshot=number)
    by_number = {snapshot.number: snapshot for snapshot in kept}
    before, after = by_number[earlier], by_number[later]
    return Changes(earlier, later, {table.name: _compare(table, before, after, ids) for table in SNAPSHOT_TABLES})


def _compare(table: Table, before: Snapshot, after: Snapshot, ids: bool) -> TableChanges:
    old, new = _only_in(table, before, after), _only_in(table, after, before)
    result = TableChanges()
    columns = _common_columns(table, [*old, *new])
    rows = max(_row_count(old), _row_count(new))
    passes = -(-rows // ROWS_AT_ONCE)
    for number in range(passes):
        old_keys, old_rows = _hashes(table, old, columns, number, passes)
        new_keys, new_rows = _hashes(table, new, columns, number, passes)
        both, in_old, in_new = np.intersect1d(old_keys, new_keys, assume_unique=True, return_indices=True)
        differing = both[old_rows[in_old] != new_rows[in_new]]
        added, removed = np.setdiff1d(new_keys, both), np.setdiff1d(old_keys, both)
        result.added += len(added)
        result.replaced += len(differing)
        result.removed += len(removed)
        if ids:
            result.added_ids += _keys(table, new, added)
            result.replaced_ids += _keys(table, new, differing)
            result.removed_ids += _keys(table, old, removed)
    return result


def _only_in(table: Table, one: Snapshot, other: Snapshot) -> list[Path]:
    known = {file.relative_to(other.path) for file in other.files(table)}
    return [file for file in one.files(table) if file.relative_to(one.path) not in known]


def _row_count(files: Sequence[Path]) -> int:
    return sum(pq.read_metadata(file).num_rows for file in files)


def _common_columns(table: Table, files: Sequence[Path]) -> list[str]:
    """The columns that all files have: those of another schema version may lack some."""
    schemas = [set(pq.read_schema(file).names) for file in files]
    return [name for name in table.column_names if all(name in names for names in schemas)]


def _hashes(table: Table, files: Sequence[Path], columns: list[str], number: int, passes: int) -> tuple[Hashes, Hashes]:
    """Hashes of the keys and of the rows that fall to one pass."""
    keys, rows = [np.zeros(0, np.uint64)], [np.zeros(0, np.uint64)]
    for file in files:
        for part in batches(file, columns):
            key = row_hashes(part, table.key)
            mine = key % np.uint64(passes) == number
            keys.append(key[mine])
            rows.append(row_hashes(part, columns)[mine])
    return np.concatenate(keys), np.concatenate(rows)


def _keys(table: Table, files: Sequence[Path], wanted: Hashes) -> list[str]:
    found = []
    for file in files if len(wanted) else ():
        for part in batches(file, list(table.key)):
            hits = part.filter(pa.array(np.isin(row_hashes(part, table.key), wanted)))
            found += ["!".join(str(value) for value in row.values() if value is not None) for row in hits.to_pylist()]
    return sorted(found)
