"""What commits and queries cost, beside Delta Lake doing the same work in the same run.

    python -m benchmarks.warehouse --keep /tmp/bench        # generated warehouses are kept there and used again

(a) 100 new documents into a warehouse of 100,000; (b) one corrected document; (c) many small commits, as hourly runs
make them, against the same rows freshly compacted; (d) the peak memory of a commit against the size of the warehouse.
Writes ``docs/benchmarks-warehouse.md``.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

import warehouse
from benchmarks import generated
from benchmarks.delta_peer import Delta
from benchmarks.generated import PEOPLE, START, rows, stage
from warehouse.commit import commit
from warehouse.staging import StagedBatch, StagingArea
from warehouse.tables import SNAPSHOT_TABLES

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks-warehouse.md"
NEWS = 100
PARTS = ("commits", "hourly", "memory")
SIZES = (10_000, 100_000, 400_000)


@dataclass
class Results:
    """Lines of one part of the page, each with the bound that it must keep, if there is one."""

    lines: list[tuple[str, str, str]] = field(default_factory=list)

    def save(self, keep: Path, part: str) -> None:
        (keep / f"results-{part}.json").write_text(json.dumps(self.lines))

    def add(self, what: str, value: str, bound: str = "") -> None:
        self.lines.append((what, value, bound))
        print(f"{what}: {value}{f' (bound: {bound})' if bound else ''}", flush=True)


def prepared(keep: Path, documents: int) -> Path:
    """A warehouse of so many documents, made once."""
    root = keep / str(documents)
    if not (root / "current").exists():
        shutil.rmtree(root, ignore_errors=True)
        generated.fill(root, documents)
    return root


def linked(root: Path, target: Path) -> Path:
    """A copy that shares the files, which never change."""
    shutil.rmtree(target, ignore_errors=True)
    subprocess.run(["cp", "-al", str(root.resolve()), str(target)], check=True)
    (target / ".lock").unlink(missing_ok=True)  # the one file that must not be shared
    return target


def parquet_bytes(batch: StagedBatch) -> int:
    return sum(path.stat().st_size for path in batch.path.glob("*.parquet"))


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def commit_in_child(root: Path, *more: str) -> dict[str, Any]:
    """Commit what is staged in a process of its own, and measure that."""
    command = [sys.executable, "-m", "benchmarks.commit_once", str(root), *more]
    answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    measured: dict[str, Any] = json.loads(answer)
    return measured


def news(root: Path, documents: int, days: np.ndarray) -> StagedBatch:
    return stage(root, "news", rows(np.arange(documents, documents + NEWS), days))


def correction(root: Path) -> StagedBatch:
    """Document 7 with another title, date as it was."""
    return stage(root, "correction", rows(np.array([7]), np.array([7]), "Corrected", 2 * 10**18))


LATEST = np.arange(NEWS) % 2 + generated.DAYS - 2
HUNDRED = np.arange(NEWS) + generated.DAYS - NEWS
EVERYWHERE = np.linspace(0, generated.DAYS - 1, NEWS).astype(int)


def measure_commits(results: Results, keep: Path, documents: int) -> None:
    """(a) and (b)."""
    base = prepared(keep, documents)
    delta = Delta(keep / f"delta-{documents}")
    if not delta.root.exists():
        delta.fill(base)
    numbers = np.arange(documents, documents + NEWS)
    for label, days, bound in (
        ("of the last two days", LATEST, "≤ 5"),
        ("of the last hundred days", HUNDRED, "≤ 5"),
        ("of 60 different months", EVERYWHERE, ""),
    ):
        own, measured, ratios = beside_delta(
            base, delta, keep, lambda root, days=days: news(root, documents, days), rows(numbers, days), Delta.append
        )
        what = f"{NEWS} new documents {label} into {documents:,}"
        results.add(f"{what}: bytes written ÷ their own Parquet", f"{measured['bytes'] / own:.2f}", bound)
        tell(results, what, measured, ratios)
    tables = rows(np.array([7]), np.array([7]), "Corrected")
    _, measured, ratios = beside_delta(base, delta, keep, correction, tables, Delta.correct)
    what = f"one corrected document in {documents:,}"
    results.add(f"{what}: MB written", f"{measured['bytes'] / 1e6:.2f}", "≤ 1.5")
    tell(results, what, measured, ratios)
    measure_publishing(results, keep / "work", delta, keep)


def beside_delta(
    base: Path,
    delta: Delta,
    keep: Path,
    stage_it: Callable[[Path], StagedBatch],
    tables: dict[str, Any],
    change: Callable[[Delta, dict[str, Any]], int],
) -> tuple[int, dict[str, Any], tuple[float, float]]:
    """Commit a batch, with and without waiting for the disk, and let Delta Lake make the same change.

    Returns:
        The batch's own size; what the commit took; its bytes and its seconds divided by Delta Lake's, which does not
        wait for the disk, so neither does the commit that it is compared with.
    """
    root = linked(base, keep / "work")
    own = parquet_bytes(stage_it(root))
    unsynced = commit_in_child(root, "--no-sync")
    peer = Delta(linked(delta.root, keep / "work-delta"))
    seconds, written = timed(lambda: change(peer, tables))
    root = linked(base, keep / "work")
    stage_it(root)
    measured = commit_in_child(root)
    return own, measured, (measured["bytes"] / written, unsynced["seconds"] / seconds)


def tell(results: Results, what: str, measured: dict[str, Any], ratios: tuple[float, float]) -> None:
    results.add(f"{what}: seconds, synced", f"{measured['seconds']:.2f}")
    results.add(f"{what}: bytes ÷ Delta Lake's", f"{ratios[0]:.2f}")
    results.add(f"{what}: seconds ÷ Delta Lake's, neither synced", f"{ratios[1]:.2f}")


def measure_publishing(results: Results, root: Path, delta: Delta, keep: Path) -> None:
    """What goes out for the correction, to a copy of the published tables."""
    place = linked(delta.root, keep / "work-delta")
    seconds, result = timed(lambda: warehouse.publish(root, place))
    sent = sum(table.bytes_sent for table in result.tables.values())
    whole = sum(path.stat().st_size for path in root.resolve().glob("current/*/month=2021-01/*.parquet"))
    results.add("publishing one corrected document: MB sent", f"{sent / 1e6:.2f}")
    results.add("publishing one corrected document: MB if months were replaced as wholes", f"{whole / 1e6:.2f}")
    results.add("publishing one corrected document: seconds", f"{seconds:.2f}")


def measure_memory(results: Results, keep: Path, sizes: tuple[int, ...]) -> None:
    """(d)"""
    peaks = {}
    for documents in sizes:
        root = linked(prepared(keep, documents), keep / "work")
        news(root, documents, EVERYWHERE)
        measured = commit_in_child(root)
        peaks[documents] = measured["peak"]
        results.add(
            f"commit of {NEWS} documents into {documents:,}: peak memory",
            f"{measured['peak'] / 2**20:.0f} MB, of which {measured['before'] / 2**20:.0f} MB before the commit",
        )
    for documents in sizes[1:]:
        ratio = f"{peaks[documents] / peaks[sizes[0]]:.2f}"
        results.add(f"peak memory at {documents:,} ÷ at {sizes[0]:,}", ratio, "≤ 1.25")


# (c)


def snapshot_bytes(root: Path) -> tuple[int, int]:
    opened = warehouse.open(root)
    files = [file for table in SNAPSHOT_TABLES for file in opened.pinned.files(table)]
    return sum(file.stat().st_size for file in files), len(files)


def query_seconds(root: Path, names: list[str]) -> float:
    """Median time of looking a speaker up."""
    warehouse.open(root).quotes(speaker=names[0])
    return statistics.median(timed(lambda name=name: warehouse.open(root).quotes(speaker=name))[0] for name in names)


def runs_of(root: Path) -> int:
    """How many hourly runs a warehouse has already; compactions make snapshots, too."""
    if not (root / "current").exists():
        return 0
    return len(set(warehouse.open(root).dataset("sources").to_table(columns=["run_id"])["run_id"].to_pylist()))


def day_of(hour: int, commits: int) -> int:
    """The day of an hourly run in a year of which all months have equally many runs."""
    each_month = max(1, commits // 12)
    month, place = divmod(hour, each_month)
    day = datetime(START.year + month // 12, month % 12 + 1, 1 + place * 28 // each_month)
    return (day - START).days


YEAR = START.replace(tzinfo=UTC)
"""When the simulated year begins; snapshots are dropped by its hours."""


def measure_hourly(results: Results, keep: Path, commits: int, each: int) -> None:
    """Run after run through the months of a year, news of the day; then the same rows compacted at once.

    Without waiting for the disk, which changes no byte of the result.
    """
    os.fsync = lambda _: None
    root = keep / f"hourly-{commits}-{each}"
    seconds = []
    for hour in range(runs_of(root), commits):
        numbers = np.arange(hour * each, (hour + 1) * each)
        batch = stage(root, f"hour-{hour}", rows(numbers, np.full(each, day_of(hour, commits)), run_id=f"hour-{hour}"))
        now = YEAR + timedelta(hours=hour * 8_760 / commits)
        took, _ = timed(lambda batch=batch, hour=hour, now=now: commit(root, [batch], f"hour-{hour}", now=now))
        seconds.append(took)
        StagingArea(root).discard([batch])
    size, files = snapshot_bytes(root)
    fresh = linked(root, keep / "work")
    compacted, _ = timed(lambda: warehouse.compact(fresh))
    fresh_size, fresh_files = snapshot_bytes(fresh)
    names = [PEOPLE[n] for n in range(3, 40, 4)]
    ratio = statistics.median(query_seconds(root, names) / query_seconds(fresh, names) for _ in range(5))
    what = f"a year of {commits:,} runs of {each} documents"
    results.add(f"{what}: size ÷ freshly compacted", f"{size / fresh_size:.3f}", "≤ 1.25")
    results.add(f"{what}: speaker query ÷ freshly compacted", f"{ratio:.2f}", "≤ 1.5")
    results.add(f"{what}: files, and after compaction", f"{files:,} and {fresh_files:,}")
    if seconds:
        tenth = max(1, len(seconds) // 10)
        growth = statistics.median(seconds[-tenth:]) / statistics.median(seconds[:tenth])
        results.add(f"{what}: seconds a commit, median, not waiting for the disk", f"{statistics.median(seconds):.3f}")
        results.add(f"{what}: last tenth of the commits ÷ first, seconds", f"{growth:.2f}")
    results.add(f"{what}: seconds to compact all", f"{compacted:.1f}")


def write_page(keep: Path) -> None:
    """All parts that were measured, be it in one run or in several."""
    files = [keep / f"results-{part}.json" for part in PARTS]
    lines = [line for file in files if file.exists() for line in json.loads(file.read_text())]
    table = "\n".join(f"| {what} | {value} | {bound} |" for what, value, bound in lines)
    PAGE.write_text(
        "# Benchmarks of the warehouse\n\n"
        "*Written by `make bench-warehouse`; change `benchmarks/warehouse.py`, not this page.*\n\n"
        "Rows are invented but of realistic size: 3 kB of text, 40 mentions and 8 quotes a document, over 60 months.\n"
        "Delta Lake makes the same change in the same run, through deltalake: appends, and `delete` + append for the\n"
        "correction, of documents, entities and quotes; ours has the ledger too. Each commit runs in its own process.\n"
        "Seconds depend on the machine and its load, ratios less. The year of part (c) has 12 months of equally many\n"
        "runs, and ends with a month that nothing has merged yet but the commits themselves.\n\n"
        f"| what | measured | bound |\n|---|---|---|\n{table}\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", type=Path, help="folder for the generated warehouses; used again when they are there")
    parser.add_argument("--hours", type=int, default=480, help="runs in the year of part (c); hourly ones are 8,760")
    parser.add_argument("--each", type=int, default=60, help="documents of each of these")
    parser.add_argument("--largest", type=int, default=SIZES[-1], help="documents of the largest warehouse")
    parser.add_argument("--only", choices=PARTS, help="one part")
    options = parser.parse_args()
    keep = options.keep or Path(tempfile.mkdtemp(prefix="onrecord-bench-"))
    keep.mkdir(parents=True, exist_ok=True)
    sizes = (*(size for size in SIZES if size < options.largest), options.largest)
    measures: dict[str, Callable[[Results], None]] = {
        "commits": lambda results: measure_commits(results, keep, SIZES[1]),
        "hourly": lambda results: measure_hourly(results, keep, options.hours, options.each),
        "memory": lambda results: measure_memory(results, keep, sizes),
    }
    for part in PARTS if options.only is None else (options.only,):
        results = Results()
        measures[part](results)
        results.save(keep, part)
    write_page(keep)
    for name in ("work", "work-delta"):
        shutil.rmtree(keep / name, ignore_errors=True)
    if options.keep is None:
        shutil.rmtree(keep)


if __name__ == "__main__":
    main()
