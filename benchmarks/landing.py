"""What it costs to list and plan a landing folder of very many small files: seconds, and the peak of memory.

    python -m benchmarks.landing --files 10000 100000 1000000

For each size: a first plan (all files are new: each is opened, hashed and counted) and a plan of the unchanged folder
against a ledger that knows all of it (no file is opened). Each is measured in a process of its own, so that the peak of
its resident memory is its own; what a process needs that plans an empty folder is shown for comparison. Files and
ledger are made under --folder and deleted afterwards.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from flows.plan import BatchSize, make_plan
from flows.unit import Unit, source_row
from transforms.read import ReadLimits
from warehouse.commit import commit
from warehouse.landing import LandingFile, discover, sha256_of
from warehouse.ledger import Ledger, SourceRow, source_parts
from warehouse.staging import StagingArea

LONG_AGO = 1_600_000_000
ROWS_A_COMMIT = 100_000


def make_files(folder: Path, count: int) -> None:
    """All in one folder: the hardest case, since the names of a folder are sorted together."""
    folder.mkdir(parents=True)
    for number in range(count):
        path = folder / f"article-{number:07}.txt"
        with path.open("w", encoding="ascii") as file:
            file.write(f"date 2025-02-03 The council of place {number} met on Tuesday to discuss the bridge.")
        os.utime(path, (LONG_AGO, LONG_AGO))


def make_ledger(folder: Path, root: Path) -> None:
    """A committed ledger that knows every file, written as a snapshot of the tables by the warehouse's own means."""

    rows = []
    commit(root, [], "first")
    for number, file in enumerate(discover([str(folder)], frozenset({".txt"})), 1):
        assert isinstance(file, LandingFile)
        rows.append(source_row(Unit(file, sha256_of(file)), (), 1, run_id="run", listed_at=datetime.now(UTC)))
        if number % ROWS_A_COMMIT == 0:
            _commit(root, rows)
            rows = []
    if rows:
        _commit(root, rows)


def _commit(root: Path, rows: list[SourceRow]) -> None:
    batch = StagingArea(root).write(f"ledger-{len(rows)}-{time.time_ns()}", {"sources": source_parts(rows)}, {})
    commit(root, [batch], "run")
    StagingArea(root).discard([batch])


def plan(folder: Path, root: Path) -> dict[str, float]:
    """One plan in this process, with its own figures."""

    begin = time.perf_counter()
    ledger = Ledger.load(root)
    made = make_plan([str(folder)], ledger, [], ReadLimits(), BatchSize(500, 16 * 1024 * 1024))
    batches = made.count_batches(BatchSize(500, 16 * 1024 * 1024), 2)
    seconds = time.perf_counter() - begin
    return {
        "seconds": seconds,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "found": made.files_found,
        "unchanged": made.files_unchanged,
        "records": made.records,
        "batches": batches,
    }


def measured(folder: Path, root: Path) -> dict[str, float]:
    """The same in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.landing", "--child", str(folder), str(root)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    figures: dict[str, float] = json.loads(answer.stdout)
    return figures


def sizes(top: Path, counts: list[int]) -> Iterator[tuple[int, str, dict[str, float]]]:
    (top / "empty").mkdir()
    yield 0, "empty folder", measured(top / "empty", top / "none")
    for count in counts:
        folder, root = top / f"in-{count}", top / f"data-{count}"
        make_files(folder, count)
        yield count, "first plan", measured(folder, top / "none")
        make_ledger(folder, root)
        yield count, "unchanged", measured(folder, root)
        shutil.rmtree(folder)
        shutil.rmtree(root)


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--folder", help="where the files are made; by default the system's temporary folder")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        print(json.dumps(plan(Path(arguments.child[0]), Path(arguments.child[1]))))
        return
    print(
        f"{'files':>9}  {'plan':12}  {'seconds':>8}  {'peak MB':>8}  {'batches':>8}  {'to read':>9}  {'unchanged':>9}"
    )
    with tempfile.TemporaryDirectory(dir=arguments.folder, prefix="onrecord-landing-") as top:
        for count, name, figures in sizes(Path(top), arguments.files):
            print(
                f"{count:>9,}  {name:12}  {figures['seconds']:>8.1f}  {figures['peak_mb']:>8.0f}  "
                f"{figures['batches']:>8,.0f}  {figures['records']:>9,.0f}  {figures['unchanged']:>9,.0f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
