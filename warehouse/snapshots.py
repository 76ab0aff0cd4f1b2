"""Snapshots: immutable sets of all tables, of which ``current`` names one."""

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pyarrow.dataset as ds

from warehouse import disk
from warehouse.clock import Moment
from warehouse.columns import SCHEMA_VERSION, Table
from warehouse.errors import NewerVersionError, NotAWarehouseError
from warehouse.layout import MONTH_KEY, Layout

MANIFEST = "snapshot.json"

KEEP = timedelta(hours=1)
"""How long a snapshot outlives its successor's birth: longer than the longest read."""


@dataclass(frozen=True)
class Manifest:
    """What a snapshot says about itself.

    Attributes:
        number: its number.
        created_at: an ISO 8601 time in UTC.
        run_id: the run that made it, or ``compact``, ``migrate`` or ``forget``.
        schema_version: of its tables.
        boot_id, uptime: the same moment by another clock, see :class:`warehouse.clock.Moment`.
    """

    number: int
    created_at: str
    run_id: str
    schema_version: int = SCHEMA_VERSION
    boot_id: str | None = None
    uptime: float | None = None

    @classmethod
    def made(cls, number: int, moment: Moment, run_id: str) -> "Manifest":
        """Of a snapshot that is made now."""
        return cls(number, moment.wall.isoformat(), run_id, SCHEMA_VERSION, moment.boot_id, moment.uptime)

    @property
    def moment(self) -> Moment:
        """When it was made."""
        return Moment(datetime.fromisoformat(self.created_at), self.boot_id, self.uptime)


@dataclass(frozen=True)
class Snapshot:
    """One snapshot, pinned by its real path: it stays the same while others are committed."""

    path: Path

    @property
    def number(self) -> int:
        """Its number; they grow with each commit."""
        return int(self.path.name)

    def manifest(self) -> Manifest:
        """Its own facts; those that only a newer version knows are left out."""
        facts = json.loads((self.path / MANIFEST).read_bytes())
        return Manifest(**{name: value for name, value in facts.items() if name in Manifest.__dataclass_fields__})

    def directory(self, table: Table) -> Path:
        """The folder of one table."""
        return self.path / table.name

    def files(self, table: Table, months: set[str] | None = None) -> list[Path]:
        """The files of a table in a stable order, or of some of its partitions."""
        directory = self.directory(table)
        if not table.partitioned:
            found: Iterable[Path] = directory.glob("*.parquet")
        elif months is None:
            found = directory.glob(f"{MONTH_KEY}=*/*.parquet")
        else:
            found = (path for month in months for path in (directory / f"{MONTH_KEY}={month}").glob("*.parquet"))
        return sorted(found, key=os.fspath)  # paths compare slowly

    def dataset(self, table: Table, months: set[str] | None = None) -> ds.Dataset:
        """The rows of a table without its partition key, which the rows' ``published_on`` repeats."""
        files = self.files(table, months)
        if not files:  # a table that an older version did not know
            return ds.dataset(table.schema().empty_table())
        return ds.dataset([str(path) for path in files], schema=table.schema(), format="parquet")


def current(layout: Layout) -> Snapshot | None:
    """The snapshot that readers see now; None before the first commit.

    Raises:
        NewerVersionError: when newer software wrote it.
    """
    if not layout.current.is_symlink():
        return None
    snapshot = Snapshot(Path(os.path.realpath(layout.current)))
    if not snapshot.path.is_dir():
        raise NotAWarehouseError(layout.root, "its current snapshot is missing")
    version = snapshot.manifest().schema_version
    if version > SCHEMA_VERSION:
        raise NewerVersionError(layout.root, version, SCHEMA_VERSION)
    return snapshot


def recover(layout: Layout) -> None:
    """Undo what a killed commit left: half-built or half-deleted folders, a snapshot that was never made current."""
    now = current(layout)
    latest = now.number if now else 0
    for entry in list(layout.snapshots.glob(".purge-*")):
        number = int(entry.name.partition("-")[2])
        if layout.snapshot(number).exists() or number >= latest:
            disk.remove_tree(entry)
        else:  # finished, since the snapshot that it is for was taken away already
            entry.rename(layout.snapshot(number))
    for entry in list(layout.snapshots.iterdir()):
        if entry.name.startswith((".build-", ".drop-")) or (entry.name.isdigit() and int(entry.name) > latest):
            disk.remove_tree(entry)
    for entry in list(layout.root.glob(".*.[0-9]*")):  # links and notes that did not get to their names
        if entry.is_symlink() or entry.is_file():
            entry.unlink()


def publish(layout: Layout, number: int) -> None:
    """Make a finished build the snapshot that readers see. The swap of the link is the commit."""
    layout.building(number).rename(layout.snapshot(number))
    disk.sync_directory(layout.snapshots)
    disk.point(layout.current, f"{layout.snapshots.name}/{number:08d}")
    disk.sync_directory(layout.root)


def exchange(layout: Layout, old: Snapshot) -> None:
    """Put the finished copy of an older snapshot in its place."""
    disk.sync_directory(layout.snapshots)
    old.path.rename(layout.dropped(old.number))
    layout.purging(old.number).rename(old.path)
    disk.sync_directory(layout.snapshots)
    disk.remove_tree(layout.dropped(old.number))


def write_manifest(directory: Path, manifest: Manifest) -> None:
    """Write a snapshot's own facts into it."""
    disk.write_bytes(directory / MANIFEST, json.dumps(asdict(manifest)).encode())


def every(layout: Layout) -> Iterator[Snapshot]:
    """All finished snapshots, the oldest first."""
    for entry in sorted(layout.snapshots.iterdir()):
        if entry.name.isdigit():
            yield Snapshot(entry)


def prune(layout: Layout, now: Moment, keep: timedelta = KEEP) -> int:
    """Delete snapshots whose successor is older than ``keep``, so that whoever pinned one could finish.

    A clock that was set back makes none look old; one that was wrong for a while lets no young one look old as long as
    the machine stays up, and keeps only the snapshot before the wrong moment for longer.

    Returns:
        How many were deleted.
    """
    old = [before for before, successor in pairwise(every(layout)) if now.since(successor.manifest().moment) > keep]
    for snapshot in old:
        drop(layout, snapshot)
    return len(old)


def drop(layout: Layout, snapshot: Snapshot) -> None:
    """Delete a snapshot; first out of sight, so that a kill cannot leave one with a part of its files."""
    snapshot.path.rename(layout.dropped(snapshot.number))
    disk.remove_tree(layout.dropped(snapshot.number))
