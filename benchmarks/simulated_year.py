"""A year of small commits, compared with the same rows freshly compacted: part (c) of ``benchmarks.warehouse``."""

import os
import shutil
import statistics
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

import warehouse
from benchmarks.generated import PEOPLE, START, rows, stage
from benchmarks.measuring import Results, linked, timed
from warehouse import inventory
from warehouse.commit import commit
from warehouse.staging import StagingArea
from warehouse.tables import SNAPSHOT_TABLES

YEARS = ((480, 60), (8_760, 2))
"""Simulated: runs of a year, and documents of each. Hourly runs of a small newsroom are many tiny commits; runs of 60
documents write as many rows a month as 40 of them, which is what the number of files depends on."""


def snapshot_bytes(root: Path) -> tuple[int, int]:
    opened = warehouse.open(root)
    files = [file for table in SNAPSHOT_TABLES for file in opened.pinned.files(table)]
    return sum(file.stat().st_size for file in files), len(files)


def query_seconds(root: Path, names: list[str]) -> float:
    """Median processor time of looking a speaker up: other work on the machine disturbs it little."""
    warehouse.open(root).quotes(speaker=names[0])
    taken = []
    for name in names:
        began = time.process_time()
        warehouse.open(root).quotes(speaker=name)
        taken.append(time.process_time() - began)
    return statistics.median(taken)


def day_of(hour: int, commits: int) -> int:
    """The day of an hourly run in a year of which all months have equally many runs."""
    each_month = max(1, commits // 12)
    month, place = divmod(hour, each_month)
    day = datetime(START.year + month // 12, month % 12 + 1, 1 + place * 28 // each_month)
    return (day - START).days


YEAR = START.replace(tzinfo=UTC)
"""When the simulated year begins; snapshots are dropped by its hours."""


def measure_hourly(results: Results, keep: Path, commits: int, each: int, samples: int) -> None:
    """Run after run through the months of a year, news of the day; beside it the same rows compacted at once.

    Without waiting for the disk, which changes no byte of the result. A killed simulation begins anew.

    Args:
        commits: runs of the year.
        each: documents of each run.
        samples: how often in the year it is compared with what compaction would make of it. The runs between two
            comparisons are a number that no rhythm of merging divides.
    """
    os.fsync = lambda _: None
    root = keep / f"hourly-{commits}-{each}"
    shutil.rmtree(root, ignore_errors=True)
    seconds: list[float] = []
    written = WrittenBytes(root)
    taken: list[Sample] = []
    step = max(1, commits // samples) | 1
    for hour in range(commits):
        numbers = np.arange(hour * each, (hour + 1) * each)
        batch = stage(root, f"hour-{hour}", rows(numbers, np.full(each, day_of(hour, commits)), run_id=f"hour-{hour}"))
        now = YEAR + timedelta(hours=hour * 8_760 / commits)
        took, _ = timed(lambda batch=batch, hour=hour, now=now: commit(root, [batch], f"hour-{hour}", now=now))
        seconds.append(took)
        written.count()
        StagingArea(root).discard([batch])
        if (hour + 1) % step == 0 or hour + 1 == commits:
            taken.append(Sample.of(root, keep / "work"))
            print(f"after {hour + 1:,} runs: {taken[-1]}", flush=True)
    what = f"a year of {commits:,} runs of {each} {'document' if each == 1 else 'documents'}"
    last, worst = taken[-1], Sample.worst(taken)
    results.add(f"{what}: size ÷ freshly compacted, at its end", f"{last.size:.3f}", "≤ 1.25")
    results.add(f"{what}: the same, most of {len(taken)} samples", f"{worst.size:.3f}", "≤ 1.25")
    results.add(f"{what}: speaker query ÷ freshly compacted, at its end", f"{last.query:.2f}", "≤ 1.5")
    results.add(f"{what}: the same, most of {len(taken)} samples", f"{worst.query:.2f}", "≤ 1.5")
    results.add(f"{what}: files, and after compaction", f"{last.files:,} and {last.fresh_files:,}")
    results.add(f"{what}: most files in a sample", f"{worst.files:,}")
    results.add(f"{what}: bytes written in all, merging included, ÷ size", f"{written.total / last.bytes:.1f}")
    tenth = max(1, len(seconds) // 10)
    growth = statistics.median(seconds[-tenth:]) / statistics.median(seconds[:tenth])
    results.add(f"{what}: seconds a commit, median, not waiting for the disk", f"{statistics.median(seconds):.3f}")
    results.add(f"{what}: last tenth of the commits ÷ first, seconds", f"{growth:.2f}")


class WrittenBytes:
    """The length of all files that snapshots of a warehouse ever had; files never change."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._seen: set[Path] = set()
        self.total = 0

    def count(self) -> None:
        """Add the files that are new in the snapshots that are kept: call it after every commit."""
        for listed in self._root.glob("snapshots/*/files.json"):
            if listed in self._seen:
                continue
            self._seen.add(listed)
            tag = listed.parent.name
            for file, facts in (inventory.read(listed.parent) or {}).items():
                if tag in file:  # it was written by this snapshot
                    self.total += facts.size


@dataclass(frozen=True)
class Sample:
    """A warehouse beside the same rows freshly compacted: ratios of size and of the time of a query; files of both."""

    size: float
    query: float
    files: int
    fresh_files: int
    bytes: int

    @classmethod
    def of(cls, root: Path, work: Path) -> "Sample":
        """Compare it with a compacted copy, query by query in turn."""
        fresh = linked(root, work)
        warehouse.compact(fresh)
        (size, files), (fresh_size, fresh_files) = snapshot_bytes(root), snapshot_bytes(fresh)
        names = [PEOPLE[n] for n in range(3, 40, 4)]
        ratio = statistics.median(query_seconds(root, names) / query_seconds(fresh, names) for _ in range(5))
        return cls(size / fresh_size, ratio, files, fresh_files, size)

    @classmethod
    def worst(cls, samples: "list[Sample]") -> "Sample":
        """The largest of each."""
        return cls(*(max(getattr(one, name) for one in samples) for name in cls.__dataclass_fields__))
