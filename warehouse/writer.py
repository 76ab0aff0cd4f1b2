"""The folder of a snapshot that is being made: links to the files that stay, new files, and a durable end."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse import buckets, disk, inventory, snapshots
from warehouse.columns import Table
from warehouse.edits import Edit, edited, holds
from warehouse.layout import MONTH_KEY, UNKNOWN_MONTH
from warehouse.snapshots import Manifest, Snapshot
from warehouse.tables import SNAPSHOT_TABLES

EMPTY = "empty"
SCRATCH = ".scratch"
REWRITTEN = "-r"

BRIEF_BYTES = 2**19
"""Unpacked rows of a new file below which it is written briefly: 100 articles of 60 months are 180 files, and what each
has beside its rows was three times as long as these. Those of full size come with compaction, or a larger commit."""


class SnapshotWriter:
    """Makes a snapshot in ``directory``, beside the finished ones.

    Args:
        directory: must not exist yet.
        tag: makes the names of new files unlike all others of the warehouse; the commit's number, as a rule.
        base: the snapshot whose files are carried over; None for the first one.

    Attributes:
        bytes_written: length of all new Parquet files.
        rows_added: rows of new files, by table; not those of rewritten ones.
        months: partitions whose files changed.
    """

    def __init__(self, directory: Path, tag: str, base: Snapshot | None) -> None:
        self._directory = directory
        self._tag = tag
        self._base = base
        self.bytes_written = 0
        self.rows_added: dict[str, int] = defaultdict(int)
        self.months: set[str] = set()
        self._described = {table.name for table in SNAPSHOT_TABLES if base is not None and _has_rows(base, table)}
        self._folders: set[Path] = set()
        self._added: Counter[tuple[str, str | None]] = Counter()  # files of new rows, by partition
        directory.mkdir()
        for table in SNAPSHOT_TABLES:
            (directory / table.name).mkdir()

    # What was there before

    def carry_over(self, table: Table, edit: Edit) -> None:
        """Link the files of a table, but write those anew that hold rows to change."""
        if self._base is None:
            return
        suspects = set(self._base.files(table, edit.months)) if len(edit.touched) else set()
        for file in self._base.files(table):
            if file in suspects and holds(table, file, edit):
                self.rewrite(table, file, lambda rows: edited(table, edit, rows))
            else:
                self.link(table, file)

    def link(self, table: Table, file: Path) -> None:
        """Let the new snapshot have a file of the base too."""
        disk.link_or_copy(file, self._place(table, file))

    def rewrite(self, table: Table, file: Path, change: Callable[[pa.Table], pa.Table]) -> None:
        """A file of the base with each of its row groups changed; none when no row is left."""
        target = self._place(table, file)
        if table.partitioned:
            self.months.add(target.parent.name.partition("=")[2])
        with pq.ParquetFile(file) as source:
            parts = (change(source.read_row_group(group)) for group in range(source.num_row_groups))
            kept = (part for part in parts if part.num_rows)
            first = next(kept, None)
            if first is not None:
                stem = target.stem.partition(REWRITTEN)[0]
                renamed = target.with_name(f"{stem}{REWRITTEN}{self._tag}.parquet")
                self.bytes_written += disk.write_parquet(
                    renamed, table, _chain(first, kept), brief=disk.is_brief(source)
                )

    def _place(self, table: Table, file: Path) -> Path:
        assert self._base is not None, "only files of a base can be carried over"
        folder = self._directory / table.name
        if table.partitioned:
            folder /= file.parent.name
        self._make(folder)
        return folder / file.name

    def _make(self, folder: Path) -> None:
        if folder not in self._folders:
            folder.mkdir(exist_ok=True)
            self._folders.add(folder)

    # What is new

    def add(self, table: Table, month: str | None, rows: pa.Table, row_bytes: float) -> None:
        """New rows of a table or of one of its partitions: one file, or several when they are many.

        Called again for the same partition, with other owners of rows, it writes more files.

        Args:
            row_bytes: what a row takes on disk, about.
        """
        for ending, part in buckets.cut(table, rows, row_bytes) if rows.num_rows else ():
            before = self._added[table.name, month]
            # The first file of a table has the descriptions of the columns, however short it is.
            brief = part.nbytes < BRIEF_BYTES and table.name in self._described
            stem = f"add-{self._tag}{buckets.bucket_name(before) if before else ending}"
            self.write(table, month, stem, part, brief=brief)
            self._added[table.name, month] += 1
            self.rows_added[table.name] += part.num_rows

    def write(self, table: Table, month: str | None, stem: str, rows: pa.Table, *, brief: bool = False) -> None:
        """A new file, its rows in the table's order."""
        top = self._directory / table.name
        if month is not None:
            top = top / f"{MONTH_KEY}={month}"
            self._make(top)
            self.months.add(month)
        ordered = rows.sort_by([(name, "ascending") for name in table.sort_by])
        self.bytes_written += disk.write_parquet(top / f"{stem}.parquet", table, [ordered], brief=brief)
        self._described.add(table.name)

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """An empty folder on the same disk, which is gone at the end, and with the unfinished snapshot after a kill."""
        folder = self._directory / SCRATCH
        folder.mkdir()
        try:
            yield folder
        finally:
            disk.remove_tree(folder)

    # The end

    def finish(self, manifest: Manifest) -> None:
        """Write what remains and make all of it durable."""
        for table in SNAPSHOT_TABLES:
            self._settle_emptiness(table)
        inventory.write(self._directory, None if self._base is None else self._base.path)
        snapshots.write_manifest(self._directory, manifest)
        disk.sync_tree(self._directory)

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
            self.bytes_written += disk.write_parquet(where / f"{EMPTY}-{self._tag}.parquet", table, ())
        for folder in top.iterdir():
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()


def partitions(snapshot: Snapshot, table: Table) -> Iterator[tuple[str | None, list[Path]]]:
    """The files of each partition of a table; of a table without partitions all of them, under None."""
    grouped: dict[str | None, list[Path]] = defaultdict(list)
    for file in snapshot.files(table):
        grouped[file.parent.name.partition("=")[2] if table.partitioned else None].append(file)
    yield from grouped.items()


def _has_rows(snapshot: Snapshot, table: Table) -> bool:
    return any(not file.stem.startswith(EMPTY) for file in snapshot.files(table))


def _chain(first: pa.Table, rest: Iterable[pa.Table]) -> Iterator[pa.Table]:
    yield first
    yield from rest
