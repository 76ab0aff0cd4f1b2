"""What becomes of tables that an older version wrote: all files are written anew, in one snapshot, at the next write.

All files, because pandas takes the columns of the first file that it finds. Each entry of ``MIGRATIONS`` brings rows
from one version to the next. What it need not say: a column that is new is filled with null where it may be, else with
a value that means "none" (-1 for an offset, 0, an empty text or list); a column that is gone is left out; a type that
changed is cast.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.columns import SCHEMA_VERSION, Column, Table
from warehouse.edits import with_values
from warehouse.snapshots import Snapshot
from warehouse.stored import scan
from warehouse.tables import CHILD_TABLES, SNAPSHOT_TABLES
from warehouse.tables.documents import DOCUMENTS
from warehouse.transaction import Transaction
from warehouse.writer import SnapshotWriter, partitions

Change = Callable[[pa.Table], pa.Table]


def _unchanged(rows: pa.Table) -> pa.Table:
    return rows


@dataclass(frozen=True)
class Migration:
    """From one version to the next.

    Attributes:
        renamed: by table, new names of columns by their old ones.
        filled: by table, values of new columns.
        change: gives, for a table and a partition of a snapshot, what is done to each of its row groups.
    """

    renamed: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    filled: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    change: Callable[[Snapshot, Table, str | None], Change] | None = None


def _store_copies_once(base: Snapshot, table: Table, month: str | None) -> Change:
    """1 → 2: entities and quotes of exact copies are stored once, under the document that stands."""
    if table is not DOCUMENTS and table not in CHILD_TABLES:
        return _unchanged
    files = [str(file) for file in base.files(DOCUMENTS, {month or ""})]
    found = scan(DOCUMENTS, files, ["document_id"], pc.is_valid(pc.field("duplicate_of")))
    copies = [document_id for rows in found for document_id in rows.column("document_id").to_pylist()]
    if table is DOCUMENTS:
        return lambda rows: with_values(rows, {key: {"entity_count": 0, "quote_count": 0} for key in copies})
    ids = pa.array(copies, pa.string())
    return lambda rows: rows.filter(pc.invert(pc.is_in(rows.column("document_id"), value_set=ids)))


MIGRATIONS: dict[int, Migration] = {
    1: Migration(change=_store_copies_once),
    2: Migration(),  # canonical_entities and entity_decisions are new: they begin empty
}
"""By the version that they start from."""


def migrate(begun: Transaction) -> int | None:
    """Bring the tables to this version's layout, in one snapshot.

    Returns:
        The new snapshot's number; None when there was nothing to do.
    """
    base = begun.base
    if base is None or base.manifest().schema_version == SCHEMA_VERSION:
        return None
    number, _ = begun.make("migrate", lambda writer, _: _rewrite_all(writer, base, base.manifest().schema_version))
    return number


def _rewrite_all(writer: SnapshotWriter, base: Snapshot, version: int) -> None:
    for table in SNAPSHOT_TABLES:
        for month, files in partitions(base, table):
            steps = _steps(base, table, month, version)
            for file in files:
                writer.rewrite(table, file, steps)


def _steps(base: Snapshot, table: Table, month: str | None, version: int) -> Change:
    migrations = [MIGRATIONS[number] for number in range(version, SCHEMA_VERSION) if number in MIGRATIONS]
    changes = [(item, item.change(base, table, month) if item.change else _unchanged) for item in migrations]

    def apply(rows: pa.Table) -> pa.Table:
        for migration, change in changes:
            names = migration.renamed.get(table.name, {})
            rows = rows.rename_columns([names.get(name, name) for name in rows.column_names])
            for name, value in migration.filled.get(table.name, {}).items():
                if name not in rows.column_names:
                    kind = next(column.type for column in table.columns if column.name == name)
                    rows = rows.append_column(name, pa.array([value] * rows.num_rows, kind))
            rows = change(rows)
        return conform(table, rows)

    return apply


def conform(table: Table, rows: pa.Table) -> pa.Table:
    """The rows with exactly the columns that the table has now."""
    columns = [
        rows.column(column.name).cast(column.type)
        if column.name in rows.column_names
        else pa.array([absent(column)] * rows.num_rows, column.type)
        for column in table.columns
    ]
    return pa.Table.from_arrays(columns, schema=table.schema())


def absent(column: Column) -> object:
    """The value that says "none" in a column."""
    kind = column.type
    if column.nullable:
        return None
    if pa.types.is_integer(kind):
        return -1 if column.unit == "code points" and not column.name.endswith("_count") else 0
    if pa.types.is_floating(kind):
        return 0.0
    if pa.types.is_boolean(kind):
        return False
    if pa.types.is_list(kind):
        return []
    if pa.types.is_string(kind):
        return ""
    raise TypeError(f"{column.name}: a new column of type {kind} must be nullable or be filled by a migration")
