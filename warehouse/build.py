"""Write the files of the next snapshot: links to what stays, rewritten files without what goes, new files."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from warehouse import disk, inventory, snapshots
from warehouse.columns import Table
from warehouse.incoming import Incoming
from warehouse.layout import MONTH_KEY, UNKNOWN_MONTH
from warehouse.plan import Plan
from warehouse.snapshots import Manifest, Snapshot
from warehouse.stored import month_of
from warehouse.tables import CHILD_TABLES, SNAPSHOT_TABLES
from warehouse.tables.convert import rows_to_arrow
from warehouse.tables.documents import DOCUMENTS
from warehouse.tables.sources import REJECTS, SOURCES

PASS_BYTES = 96 * 2**20
"""Staged bytes that one pass over the batches may unpack; a larger commit takes some months at a time."""

SEPARATOR = "\0"
EMPTY = "empty"


@dataclass(frozen=True)
class Edit:
    """What happens to the stored rows of one table.

    Attributes:
        gone: owners (see :func:`owners`) whose rows go.
        months: the partitions that can hold rows to change; None where the table has none.
        duplicate_of: documents that stay with another ``duplicate_of``.
    """

    gone: pa.Array
    months: set[str] | None
    duplicate_of: dict[str, str | None]

    @property
    def touched(self) -> pa.Array:
        """Owners whose rows change in any way."""
        return pa.concat_arrays([self.gone, pa.array(self.duplicate_of, pa.string())])


def owners(table: Table, rows: pa.Table) -> pa.ChunkedArray:
    """What each row belongs to, as one string: a document id, or the path, member and record that it came from."""
    parts = [rows.column(name).cast(pa.string()) for name in table.owner]
    if len(parts) == 1:
        return parts[0]
    return pc.binary_join_element_wise(*parts, SEPARATOR, null_handling="replace", null_replacement=SEPARATOR)


def _owner(*parts: object) -> str:
    return SEPARATOR.join(SEPARATOR if part is None else str(part) for part in parts)


class Builder:
    """Builds snapshot ``number`` in ``directory`` from ``base`` and a plan."""

    def __init__(self, directory: Path, number: int, base: Snapshot | None) -> None:
        self._directory = directory
        self._number = number
        self._base = base
        self.bytes_written = 0
        self.rows_added: dict[str, int] = defaultdict(int)
        self.months: set[str] = set()

    def build(self, plan: Plan, incoming: Incoming, manifest: Manifest) -> None:
        """Write everything and make it durable."""
        self._directory.mkdir()
        for table in SNAPSHOT_TABLES:
            self._carry_over(table, _edit(table, plan))
        self._add_documents(plan, incoming)
        self._add(SOURCES, None, rows_to_arrow(SOURCES, plan.sources))
        self._add(REJECTS, None, rows_to_arrow(REJECTS, plan.rejects))
        for table in SNAPSHOT_TABLES:
            self._settle_emptiness(table)
        inventory.write(self._directory, None if self._base is None else self._base.path)
        snapshots.write_manifest(self._directory, manifest)
        disk.sync_tree(self._directory)

    # What was there before

    def _carry_over(self, table: Table, edit: Edit) -> None:
        top = self._directory / table.name
        top.mkdir()
        if self._base is None:
            return
        suspects = set(self._base.files(table, edit.months)) if len(edit.touched) else set()
        for file in self._base.files(table):
            target = top / file.relative_to(self._base.directory(table))
            target.parent.mkdir(exist_ok=True)
            if file in suspects and _holds(table, file, edit.touched):
                self._rewrite(table, edit, file, target)
            else:
                disk.link_or_copy(file, target)

    def _rewrite(self, table: Table, edit: Edit, file: Path, target: Path) -> None:
        """The file without the rows that go, row group by row group."""
        if table.partitioned:
            self.months.add(target.parent.name.partition("=")[2])
        with pq.ParquetFile(file) as source:
            parts = (_edited(table, edit, source.read_row_group(group)) for group in range(source.num_row_groups))
            kept = (part for part in parts if part.num_rows)
            first = next(kept, None)
            if first is not None:
                stem = target.stem.partition("-r")[0]
                renamed = target.with_name(f"{stem}-r{self._number:08d}.parquet")
                self.bytes_written += disk.write_parquet(renamed, table, _chain(first, kept))

    # What is new

    def _add_documents(self, plan: Plan, incoming: Incoming) -> None:
        by_month: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
        for document_id, item in plan.written.items():
            by_month[month_of(item.head.published_on)][item.batch].append(document_id)
        for months in _passes(sorted(by_month), incoming.bytes_staged()):
            wanted: dict[int, list[str]] = defaultdict(list)
            for month in months:
                for batch, ids in by_month[month].items():
                    wanted[batch].extend(ids)
            month_by_id = {
                document_id: month for month in months for ids in by_month[month].values() for document_id in ids
            }
            for table in (DOCUMENTS, *CHILD_TABLES):
                rows = incoming.rows(table, wanted)
                if table is DOCUMENTS:
                    rows = _with_duplicate_of(rows, plan.duplicate_of)
                for month, part in _split(rows, month_by_id):
                    self._add(table, month, part)

    def _add(self, table: Table, month: str | None, rows: pa.Table) -> None:
        if not rows.num_rows:
            return
        top = self._directory / table.name
        if month is not None:
            top = top / f"{MONTH_KEY}={month}"
            top.mkdir(exist_ok=True)
            self.months.add(month)
        ordered = rows.sort_by([(name, "ascending") for name in table.sort_by])
        self.bytes_written += disk.write_parquet(top / f"add-{self._number:08d}.parquet", table, [ordered])
        self.rows_added[table.name] += rows.num_rows

    def _settle_emptiness(self, table: Table) -> None:
        """A table always has a file that tells its columns; a zero-row one only as long as there is no other."""
        top = self._directory / table.name
        files = list(top.rglob("*.parquet"))
        empty = [file for file in files if file.stem.startswith(EMPTY)]
        if len(files) > len(empty):
            for file in empty:
                file.unlink()
        elif not empty:
            where = top / f"{MONTH_KEY}={UNKNOWN_MONTH}" if table.partitioned else top
            where.mkdir(exist_ok=True)
            self.bytes_written += disk.write_parquet(where / f"{EMPTY}-{self._number:08d}.parquet", table, ())
        for folder in top.iterdir():
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()


def _edit(table: Table, plan: Plan) -> Edit:
    """The part of a plan that concerns the stored rows of one table."""
    if table is SOURCES:
        keys = [_owner(*key) for key in plan.sources_gone]
        return Edit(pa.array(keys, pa.string()), None, {})
    if table is REJECTS:
        keys = [_owner(*key) for key in plan.rejects_gone]
        return Edit(pa.array(keys, pa.string()), None, {})
    months = {month_of(head.published_on) for head in plan.gone.values()}
    gone = pa.array(list(plan.gone), pa.string())
    if table is not DOCUMENTS:
        return Edit(gone, months, {})
    months |= {month_of(head.published_on) for head, _ in plan.repointed.values()}
    return Edit(gone, months, {document_id: value for document_id, (_, value) in plan.repointed.items()})


def _holds(table: Table, file: Path, touched: pa.Array) -> bool:
    """Whether a file has a row to change; only the columns that tell are read."""
    with pq.ParquetFile(file) as source:
        for group in range(source.num_row_groups):
            rows = source.read_row_group(group, columns=list(table.owner))
            if pc.any(pc.is_in(owners(table, rows), value_set=touched)).as_py():
                return True
    return False


def _edited(table: Table, edit: Edit, rows: pa.Table) -> pa.Table:
    rows = rows.filter(pc.invert(pc.is_in(owners(table, rows), value_set=edit.gone)))
    return _with_duplicate_of(rows, edit.duplicate_of) if edit.duplicate_of else rows


def _with_duplicate_of(rows: pa.Table, duplicate_of: dict[str, str | None]) -> pa.Table:
    """The documents with the given ``duplicate_of``; others keep theirs."""
    position = pc.index_in(rows.column("document_id"), value_set=pa.array(duplicate_of, pa.string()))
    given = pa.array(duplicate_of.values(), pa.string()).take(position.combine_chunks())
    index = rows.column_names.index("duplicate_of")
    value = pc.if_else(pc.is_valid(position), given, rows.column("duplicate_of"))
    return rows.set_column(index, rows.schema.field(index), value)


def _split(rows: pa.Table, month_by_id: dict[str, str]) -> Iterator[tuple[str, pa.Table]]:
    """The rows of each month. Children go where their document goes."""
    position = pc.index_in(rows.column("document_id"), value_set=pa.array(month_by_id, pa.string()))
    months = pa.array(month_by_id.values(), pa.string()).take(position.combine_chunks())
    for month in sorted(set(month_by_id.values())):
        yield month, rows.filter(pc.equal(months, month))


def _passes(months: list[str], staged_bytes: int) -> Iterator[list[str]]:
    """Months to write in one pass over the batches, so that the rows held at once are bounded."""
    passes = max(1, min(len(months), -(-staged_bytes // PASS_BYTES)))
    return (part for part in (months[number::passes] for number in range(passes)) if part)


def _chain(first: pa.Table, rest: Iterator[pa.Table]) -> Iterator[pa.Table]:
    yield first
    yield from rest
