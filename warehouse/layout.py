"""Where things lie in a warehouse folder.

::

    data/
      quotes -> current/quotes            stable names for people
      current -> snapshots/00000123       the one link that a commit swaps
      snapshots/00000123/quotes/month=2024-12/add-00000123.parquet
      snapshots/00000123/snapshot.json    number, time, run, schema version
      runs/                               one file a run
      staging/                            finished batches that await a commit
      .lock
      .forget.json                        a take-down that was begun, until it is ended
"""

import os
from dataclasses import dataclass
from pathlib import Path

from warehouse import disk
from warehouse.errors import NotAWarehouseError
from warehouse.tables import SNAPSHOT_TABLES, TABLES

UNKNOWN_MONTH = "unknown"
MONTH_KEY = "month"


@dataclass(frozen=True)
class Layout:
    """The paths of one warehouse. ``root`` is where it lies now: nothing inside depends on that."""

    root: Path

    @property
    def current(self) -> Path:
        """The link to the snapshot that readers see."""
        return self.root / "current"

    @property
    def snapshots(self) -> Path:
        """Folder of the snapshots, with those that are being built or dropped under hidden names."""
        return self.root / "snapshots"

    @property
    def staging(self) -> Path:
        """Folder of the batches."""
        return self.root / "staging"

    @property
    def runs(self) -> Path:
        """Folder of the run table."""
        return self.root / "runs"

    @property
    def lock(self) -> Path:
        """The file that a commit locks."""
        return self.root / ".lock"

    def snapshot(self, number: int) -> Path:
        """Folder of one snapshot."""
        return self.snapshots / f"{number:08d}"

    def building(self, number: int) -> Path:
        """Folder of a snapshot that is not finished."""
        return self.snapshots / f".build-{number:08d}"

    def purging(self, number: int) -> Path:
        """Folder of what takes the place of an older snapshot, without documents that were taken down."""
        return self.snapshots / f".purge-{number:08d}"

    def dropped(self, number: int) -> Path:
        """Folder of a snapshot that is being deleted."""
        return self.snapshots / f".drop-{number:08d}"


def prepare(root: Path) -> Layout:
    """The folders that a writer needs, made where they are missing.

    Raises:
        NotAWarehouseError: when ``root`` holds something else, which we would mix our files with.
    """
    layout = Layout(root)
    if layout.snapshots.is_dir() and layout.staging.is_dir() and layout.runs.is_dir():
        return layout
    if root.exists() and not root.is_dir():
        raise NotAWarehouseError(root, "it is a file")
    if root.is_dir() and not layout.snapshots.is_dir() and any(entry.name[0] != "." for entry in root.iterdir()):
        raise NotAWarehouseError(root, "it holds other files")
    # In this order: whoever finds `snapshots` knows that the folder is ours.
    for folder in (layout.snapshots, layout.staging, layout.runs):
        folder.mkdir(parents=True, exist_ok=True)
    disk.sync_directory(root)
    return layout


def ensure_stable_names(layout: Layout) -> None:
    """The links ``data/quotes`` and so on, which never change once they are made; and a first file for ``runs``."""
    for table in SNAPSHOT_TABLES:
        link = layout.root / table.name
        if not link.is_symlink():
            disk.point(link, f"current/{table.name}")
    schema_file = layout.runs / "schema.parquet"
    if not schema_file.exists():
        beside = layout.staging / f".tmp-schema-{os.getpid()}"
        beside.unlink(missing_ok=True)
        disk.write_parquet(beside, TABLES["runs"], ())
        beside.replace(schema_file)


def existing(root: str | os.PathLike[str]) -> Layout:
    """The layout of a warehouse that has been committed to.

    Raises:
        NotAWarehouseError: when there is none.
    """
    layout = Layout(Path(root))
    if not layout.root.is_dir():
        raise NotAWarehouseError(layout.root, "there is no such folder")
    if not layout.current.is_symlink():
        raise NotAWarehouseError(layout.root, "nothing has been committed to it")
    return layout
