"""Compaction: the many small files of a partition become few, by a snapshot like any other.

Each commit adds a file a table and month, so hourly runs would make thousands in a year, and a query opens them all.
Files of one commit are a *run*: a partition is compact when it has one run. Merging takes all small runs and, beside
them, larger ones as long as these are no larger than twice what is merged already. So each row is written again only
when its run grows by half at least, a number of times that is logarithmic in the length of the month, while readers
find few runs.
"""

import logging
import os
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse import buckets
from warehouse.buckets import Range
from warehouse.columns import Table
from warehouse.edits import key_bounds
from warehouse.errors import FULL
from warehouse.incoming import bytes_per_row
from warehouse.layout import existing
from warehouse.lock import DEFAULT_WAIT
from warehouse.result import CommitResult
from warehouse.snapshots import Snapshot
from warehouse.tables import SNAPSHOT_TABLES
from warehouse.transaction import Transaction, transaction
from warehouse.writer import SnapshotWriter, partitions

LOGGER = logging.getLogger("onrecord.warehouse")

FEW_RUNS = 32
"""With more runs than this a partition is compacted."""

EXTRA_FILES, EXTRA_SHARE = 2, 0.2
"""Files of a table beyond one run a partition that are left alone: so many, or this share of the others. A query opens
all of them, so that a young warehouse of a few files bears few."""

QUIET_COMMITS = 32
"""A partition with more than one run to which so many commits added nothing is compacted too: its month is over."""

CROWDED_BYTES, CROWDED_MONTHS = 4 * 2**20, 6
"""Of a table with more of them a commit merges at most so much, in so many months: the rest waits for the next one."""

SMALL_BYTES = 2**18
"""Runs up to this length are always merged: opening them costs more than writing them again."""

QUIET_BYTES = 8 * 2**20
"""The same of a partition to which nothing is added any more."""

AUTOMATIC_BYTES = 64 * 2**20
"""Of a compaction that follows a commit: it merges at most about this much, so that no commit takes long."""

PASS_BYTES = 64 * 2**20
"""Unpacked rows that are held at once while a partition is merged."""

SAMPLES = 16_384
"""Keys of a partition by which its buckets are laid out."""

NAME = re.compile(r"(?P<kind>add|base)-(?P<number>\d{8,})(-b\d+)?(-r\w+)?")


@dataclass(frozen=True)
class Merge:
    """Files of one partition that become one run."""

    table: Table
    month: str | None
    files: tuple[Path, ...]
    bytes: int


def compact(root: str | os.PathLike[str], *, now: datetime | None = None, wait: float = DEFAULT_WAIT) -> CommitResult:
    """Merge all files that can be merged, in one snapshot; none when every partition is compact.

    Rows do not change. Readers go on with the files of the snapshot that they pinned. Memory is bounded: one partition
    at a time, and of a large one some buckets at a time.

    Raises:
        NotAWarehouseError, NewerVersionError, LockedError, DiskFullError, WritePermissionError: see
            :func:`warehouse.commit.commit`.
    """
    existing(root)
    with transaction(root, now, wait) as begun:
        base = begun.base
        return _merge(begun, list(_all(base)) if base is not None else [])


def compact_what_is_due(begun: Transaction) -> CommitResult:
    """What a commit does when it is done: merge partitions with too many runs, the worst first, within limits."""
    base = begun.base
    due: list[Merge] = []
    total = 0
    for merge in sorted(_due(base), key=lambda item: -len(item.files)) if base is not None else ():
        if due and total + merge.bytes > AUTOMATIC_BYTES:
            break
        due.append(merge)
        total += merge.bytes
    try:
        return _merge(begun, due)
    except OSError as error:
        if error.errno not in FULL:
            raise
        # The commit itself is done, and must not be called a failure.
        LOGGER.warning("No room to merge the files of %d partitions; free some space.", len(due))
        return CommitResult(None)


def _all(base: Snapshot) -> Iterator[Merge]:
    for table in SNAPSHOT_TABLES:
        for month, files in partitions(base, table):
            if len(_runs(files)) > 1 or any(_is_uncut(table, file) for file in files):
                yield _of(table, month, files)


def _is_uncut(table: Table, file: Path) -> bool:
    """Whether it is too long and was never cut: what a compaction wrote is as short as it can be."""
    return not file.stem.startswith("base") and buckets.bucket_count(table, file.stat().st_size) > 2


def _due(base: Snapshot) -> Iterator[Merge]:
    for table in SNAPSHOT_TABLES:
        every = [(month, _runs(files)) for month, files in partitions(base, table)]
        extra = sum(len(files) for _, runs in every for files in _but_largest(runs))
        allowed = max(EXTRA_FILES, int(EXTRA_SHARE * (sum(_file_count(runs) for _, runs in every) - extra)))
        crowded, room, months = extra > allowed, CROWDED_BYTES, CROWDED_MONTHS
        for month, runs in sorted(every, key=lambda item: -len(item[1])):
            quiet = base.number - max(runs, default=0) >= QUIET_COMMITS
            pressing = len(runs) > FEW_RUNS or (quiet and len(runs) > 1)
            if not pressing and not (crowded and extra > allowed / 2 and len(runs) > 1):
                continue
            worth = _worth_merging(runs, QUIET_BYTES if quiet else SMALL_BYTES)
            merge = _of(table, month, worth)
            if worth and (pressing or (merge.bytes <= room and months)):
                extra -= len(worth) - 1
                if not pressing:
                    room, months = room - merge.bytes, months - 1
                yield merge


def _file_count(runs: dict[int, list[Path]]) -> int:
    return sum(map(len, runs.values()))


def _but_largest(runs: dict[int, list[Path]]) -> list[list[Path]]:
    """The files of each run that a partition would not have if it were compact."""
    return sorted(runs.values(), key=len)[:-1]


def _of(table: Table, month: str | None, files: list[Path]) -> Merge:
    return Merge(table, month, tuple(sorted(files)), sum(file.stat().st_size for file in files))


def _runs(files: list[Path]) -> dict[int, list[Path]]:
    """Files by the commit that first wrote their rows together."""
    runs: dict[int, list[Path]] = defaultdict(list)
    for file in files:
        found = NAME.fullmatch(file.stem)
        if found is not None:  # else an empty table's
            runs[int(found["number"])].append(file)
    return runs


def _worth_merging(runs: dict[int, list[Path]], small: int) -> list[Path]:
    """The files of all small runs and of those no larger than twice what is merged already; none if that is one run.

    Args:
        runs: of one partition.
        small: the length up to which a run is small.
    """
    sized = sorted((sum(file.stat().st_size for file in files), number) for number, files in runs.items())
    chosen: list[int] = []
    total = 0
    for size, number in sized:
        if chosen and size > max(small, 2 * total):
            break
        chosen.append(number)
        total += size
    return [file for number in chosen for file in runs[number]] if len(chosen) > 1 else []


def _merge(begun: Transaction, merges: list[Merge]) -> CommitResult:
    if not merges:
        return CommitResult(None)
    taken = {file for merge in merges for file in merge.files}

    def fill(writer: SnapshotWriter, base: Snapshot | None) -> None:
        assert base is not None, "there are files to merge"
        for table in SNAPSHOT_TABLES:
            for file in base.files(table):
                if file not in taken:
                    writer.link(table, file)
        for merge in merges:
            _write_merged(writer, merge, f"base-{begun.next_number:08d}")

    number, written = begun.make("compact", fill)
    return CommitResult(number, bytes_written=written.bytes_written, partitions=tuple(sorted(written.months)))


def _write_merged(writer: SnapshotWriter, merge: Merge, stem: str) -> None:
    """The rows of all files in new ones, bucket by bucket, as many buckets at a time as fit in memory."""
    count = buckets.bucket_count(merge.table, bytes_per_row(merge.files) * _row_count(merge.files))
    spans = buckets.ranges(_sample_keys(merge), count)
    unpacked = sum(_unpacked_bytes(file) for file in merge.files) // len(spans)
    for group in buckets.in_groups([unpacked] * len(spans), PASS_BYTES):
        whole = Range(spans[group.start].low, spans[group.stop - 1].high)
        rows = _rows_in(merge, whole)
        for number in group:
            part = spans[number].rows(merge.table, rows)
            if part.num_rows:
                writer.write(merge.table, merge.month, stem + buckets.bucket_name(number), part)


def _row_count(files: tuple[Path, ...]) -> int:
    return sum(pq.read_metadata(file).num_rows for file in files)


def _unpacked_bytes(file: Path) -> int:
    facts = pq.read_metadata(file)
    return sum(facts.row_group(group).total_byte_size for group in range(facts.num_row_groups))


def _sample_keys(merge: Merge) -> list[str]:
    """Every n-th key of all files, in the order of their rows."""
    step = max(1, _row_count(merge.files) // SAMPLES)
    keys: list[str] = []
    for file in merge.files:
        with pq.ParquetFile(file) as source:
            for group in range(source.num_row_groups):
                rows = source.read_row_group(group, columns=buckets.key_columns(merge.table))
                sample = rows.take(pa.array(range(0, rows.num_rows, step)))
                keys += buckets.keys_of(merge.table, sample).to_pylist()
    return keys


def _rows_in(merge: Merge, span: Range) -> pa.Table:
    found = [merge.table.schema().empty_table()]
    for file in merge.files:
        with pq.ParquetFile(file) as source:
            for group in range(source.num_row_groups):
                bounds = key_bounds(source.metadata.row_group(group), buckets.key_columns(merge.table)[0])
                if bounds is None or span.meets(*bounds):
                    found.append(span.rows(merge.table, source.read_row_group(group)).cast(merge.table.schema()))
    return pa.concat_tables(found)
