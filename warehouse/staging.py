"""Batches: the results of a run before it commits, and the checkpoints of a run that was killed.

A batch is an immutable folder of Parquet files. It appears under its name in one step, so a folder that can be seen is
finished. Its name should tell its content (a hash of what was read and by which version), so that writing it again is
nothing new.
"""

import fcntl
import json
import os
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from warehouse import disk
from warehouse.columns import SCHEMA_VERSION
from warehouse.errors import BatchError, clear_errors
from warehouse.layout import Layout, prepare
from warehouse.ledger import STAGED_TABLES
from warehouse.lock import DEFAULT_WAIT, write_lock
from warehouse.repeats import drop_repeats
from warehouse.tables import CHILD_TABLES
from warehouse.tables.convert import rows_to_arrow

FACTS = "batch.json"
TEMPORARY = ".tmp-"
WRITERS = ".writers"
SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")


@dataclass(frozen=True, slots=True)
class Unit:
    """What a batch read: records ``record_start`` to ``record_stop`` (-1: the end) of one file or member."""

    source_path: str
    source_member: str | None
    source_sha256: str
    record_start: int
    record_stop: int


@dataclass(frozen=True)
class StagedBatch:
    """A finished batch.

    Attributes:
        path: its folder.
        facts: what its writer noted about it.
    """

    path: Path
    facts: Mapping[str, Any]

    @property
    def units(self) -> tuple[Unit, ...]:
        """What it read; from its file each time, since all of all batches can be millions."""
        return tuple(Unit(**unit) for unit in json.loads((self.path / FACTS).read_bytes())["units"])

    @property
    def batch_id(self) -> str:
        """Its name."""
        return self.path.name

    def file(self, name: str) -> Path:
        """The Parquet file of one table."""
        return self.path / f"{name}.parquet"

    def table(self, name: str, columns: Sequence[str] | None = None) -> pa.Table:
        """The rows of one table: documents, entities, quotes, rejects, or sources (in parts)."""
        return pq.ParquetFile(self.file(name)).read(columns=list(columns) if columns is not None else None)

    def exists(self) -> bool:
        """Whether it was not discarded yet."""
        return (self.path / FACTS).is_file()


class StagingArea:
    """The folder of batches of one warehouse; made when it is missing.

    Raises:
        NotAWarehouseError: when ``root`` holds something else.
    """

    def __init__(self, root: str | os.PathLike[str]) -> None:
        with clear_errors(Path(root)):
            self._layout = prepare(Path(root))

    @property
    def path(self) -> Path:
        """The folder."""
        return self._layout.staging

    def write(self, batch_id: str, tables: Mapping[str, pa.Table], facts: Mapping[str, Any]) -> StagedBatch:
        """Store a batch durably; nothing happens when it exists already. Tables that are not given are empty.

        Args:
            batch_id: letters, digits, dots, dashes and underscores.
            tables: documents, entities and quotes with the rows in the order of their documents, rejects, and sources
                as :func:`warehouse.ledger.source_parts` makes them.
            facts: anything that JSON can hold, for the writer's own use.

        Raises:
            BatchError: when its rows contradict each other.
            DiskFullError, WritePermissionError: when it cannot be written.
        """
        if not SAFE_NAME.fullmatch(batch_id):
            raise BatchError(batch_id, "its name is not a safe file name")
        target = self.path / batch_id
        if not (target / FACTS).is_file():
            unknown = tables.keys() - STAGED_TABLES.keys()
            if unknown:
                raise BatchError(batch_id, f"unknown tables {sorted(unknown)}")
            whole = {name: tables.get(name, table.schema().empty_table()) for name, table in STAGED_TABLES.items()}
            _check_columns(batch_id, whole)
            single = drop_repeats(whole)
            _check_lineage(batch_id, single)
            _check_children(batch_id, single)
            with clear_errors(self.path):
                self._write(target, single, facts)
        return _read_batch(target)

    def _write(self, target: Path, tables: Mapping[str, pa.Table], facts: Mapping[str, Any]) -> None:
        columns = [*Unit.__dataclass_fields__]
        units = [asdict(Unit(**row)) for row in tables["sources"].select(columns).to_pylist()]
        content = {"schema_version": SCHEMA_VERSION, "facts": dict(facts), "units": units}
        with half_written(self.path) as beside:
            _fill(beside, tables, json.dumps(content).encode())
            try:
                beside.rename(target)
            except OSError:
                if not (target / FACTS).is_file():
                    raise
                # another process was quicker with the same batch
        disk.sync_directory(self.path)

    def finished(self) -> list[StagedBatch]:
        """All finished batches of this schema version, also those that a killed run left, by name."""
        batches = []
        for folder in sorted(self.path.iterdir()):
            if folder.name.startswith("."):
                continue
            try:
                if _schema_version(folder) == SCHEMA_VERSION:
                    batches.append(_read_batch(folder))
            except FileNotFoundError:  # another run has just discarded it
                continue
        return batches

    def discard(self, batches: Iterable[StagedBatch], wait: float = DEFAULT_WAIT) -> None:
        """Delete batches that were committed. Waits for a running commit, which may be reading them."""
        with clear_errors(self.path), write_lock(self._layout.lock, wait):
            for batch in batches:
                hidden = self.path / f"{TEMPORARY}{uuid.uuid4().hex}"
                if batch.path.is_dir():
                    batch.path.rename(hidden)
                    disk.remove_tree(hidden)


@contextmanager
def half_written(staging: Path) -> Iterator[Path]:
    """A hidden folder that is deleted at the end, unless it was renamed.

    Whoever has one holds a shared lock, so that nobody takes it for a dead process's: no clock could tell.
    """
    with (staging / WRITERS).open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        beside = staging / f"{TEMPORARY}{uuid.uuid4().hex}"
        beside.mkdir()
        try:
            yield beside
        finally:
            disk.remove_tree(beside, ignore_errors=True)


def _fill(folder: Path, tables: Mapping[str, pa.Table], facts: bytes) -> None:
    for name, table in STAGED_TABLES.items():
        disk.write_parquet(folder / f"{name}.parquet", table, [tables[name]])
    disk.write_bytes(folder / FACTS, facts)
    disk.sync_directory(folder)


def purge(layout: Layout, batch: StagedBatch, ids: set[str], refused: Sequence[object]) -> bool:
    """Exchange a batch for one without some documents, and with rejects in their place. Call it under the lock.

    A kill in between leaves no batch: what it held is read again.

    Returns:
        Whether it had any of them.
    """
    tables = {name: batch.table(name) for name in STAGED_TABLES}
    unwanted = pa.array(sorted(ids), pa.string())
    kept = {
        name: rows.filter(pc.invert(pc.is_in(rows.column("document_id"), value_set=unwanted)))
        for name, rows in tables.items()
        if "document_id" in rows.column_names
    }
    if all(rows.num_rows == tables[name].num_rows for name, rows in kept.items()):
        return False
    sources = tables["sources"].to_pylist()
    for row in sources:
        row["document_ids"] = [one for one in row["document_ids"] if one not in ids]
    kept["sources"] = pa.Table.from_pylist(sources, schema=STAGED_TABLES["sources"].schema())
    kept["rejects"] = pa.concat_tables([tables["rejects"], rows_to_arrow(STAGED_TABLES["rejects"], refused)])
    facts = (batch.path / FACTS).read_bytes()
    with half_written(layout.staging) as beside, half_written(layout.staging) as hidden:
        _fill(beside, kept, facts)
        batch.path.rename(hidden / "old")
        beside.rename(batch.path)
        disk.sync_directory(layout.staging)
    return True


def sweep(layout: Layout) -> None:
    """Delete what nobody will use: half-written batches of dead processes, batches of another schema version.

    Call it under the lock.
    """
    with (layout.staging / WRITERS).open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:  # somebody is writing a batch: leave it all for the next time
            return
        for entry in list(layout.staging.iterdir()):
            foreign = (entry / FACTS).is_file() and _schema_version(entry) != SCHEMA_VERSION
            if entry.is_dir() and (foreign or entry.name.startswith(TEMPORARY)):
                disk.remove_tree(entry)


def _schema_version(folder: Path) -> int:
    return int(json.loads((folder / FACTS).read_bytes())["schema_version"])


def _read_batch(folder: Path) -> StagedBatch:
    content = json.loads((folder / FACTS).read_bytes())
    return StagedBatch(folder, content["facts"])


def _check_columns(batch_id: str, tables: Mapping[str, pa.Table]) -> None:
    for name, table in STAGED_TABLES.items():
        if tables[name].column_names != list(table.column_names):
            raise BatchError(batch_id, f"{name} does not have its columns")


def _check_children(batch_id: str, tables: Mapping[str, pa.Table]) -> None:
    """Each child has its parent in the batch, read or annotated anew, and agrees with it on the date."""
    shared = ["document_id", "published_on"]
    parents = pa.concat_tables([tables[name].select(shared) for name in ("documents", "annotations")])
    for child in CHILD_TABLES:
        rows = tables[child.name]
        position = pc.index_in(rows.column("document_id"), value_set=parents.column("document_id").combine_chunks())
        if position.null_count:
            raise BatchError(batch_id, f"{position.null_count} rows of {child.name} have no document")
        theirs = parents.column("published_on").take(position)
        same = pc.or_kleene(
            pc.equal(rows.column("published_on"), theirs),
            pc.and_(pc.is_null(rows.column("published_on")), pc.is_null(theirs)),
        )
        if rows.num_rows and not pc.all(pc.fill_null(same, False)).as_py():
            raise BatchError(batch_id, f"{child.name}.published_on differs from the document's")


def _check_lineage(batch_id: str, tables: Mapping[str, pa.Table]) -> None:
    """Every document and reject comes from a file or member that the batch's ledger parts name, with the same bytes."""
    columns = ["source_path", "source_member", "source_sha256"]
    known = {tuple(row.values()) for row in tables["sources"].select(columns).to_pylist()}
    for name in ("documents", "rejects"):
        came_from = {tuple(row.values()) for row in tables[name].select(columns).to_pylist()}
        if not came_from <= known:
            raise BatchError(batch_id, f"{name} name a source without a row in sources: {min(came_from - known)[0]}")
    listed = {document_id for ids in tables["sources"].column("document_ids").to_pylist() for document_id in ids}
    if not listed.issuperset(tables["documents"].column("document_id").to_pylist()):
        raise BatchError(batch_id, "documents that no row of sources lists")
