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
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pyarrow as pa

from flows.cutting import BatchSize
from flows.plan import make_plan
from transforms.read import ReadOptions
from warehouse import disk, snapshots
from warehouse.commit import commit
from warehouse.landing import LandingFile, discover, sha256_of
from warehouse.layout import Layout
from warehouse.ledger import Ledger, SourceStatus
from warehouse.tables.sources import SOURCES

LONG_AGO = 1_600_000_000
ROWS_AT_ONCE = 20_000


def make_files(folder: Path, count: int) -> None:
    """All in one folder: the hardest case, since the names of a folder are sorted together."""
    folder.mkdir(parents=True)
    for number in range(count):
        path = folder / f"article-{number:07}.txt"
        with path.open("w", encoding="ascii") as file:
            file.write(f"date 2025-02-03 The council of place {number} met on Tuesday to discuss the bridge.")
        os.utime(path, (LONG_AGO, LONG_AGO))


def make_ledger(folder: Path, root: Path) -> None:
    """A ledger that knows every file: what commits would have written, without the rows of anything else."""
    commit(root, [], "first")
    snapshot = snapshots.current(Layout(root))
    assert snapshot is not None
    files = (file for file in discover([str(folder)], frozenset({".txt"})) if isinstance(file, LandingFile))
    disk.write_parquet(snapshot.directory(SOURCES) / "add-00000002.parquet", SOURCES, _rows(files))


def _rows(files: Iterator[LandingFile]) -> Iterator[pa.Table]:
    read_at = time.time_ns()
    while some := list(islice(files, ROWS_AT_ONCE)):
        rows = [
            {
                "source_path": file.path,
                "size": file.size,
                "mtime": file.mtime_ns,
                "read_at": read_at,
                "source_sha256": sha256_of(file),
                "status": SourceStatus.DONE.value,
                "record_count": 1,
                "document_ids": [f"{hash(file.path) & (2**80 - 1):020x}"],
                "pipeline_version": "1",
                "run_id": "run",
            }
            for file in some
        ]
        yield pa.Table.from_pylist(rows, SOURCES.schema())


def plan(folder: Path, root: Path) -> dict[str, float]:
    """One plan in this process, with its own figures."""

    begin = time.perf_counter()
    ledger = Ledger.load(root)
    made = make_plan([str(folder)], ledger, [], ReadOptions(), BatchSize(500, 16 * 1024 * 1024))
    batches = made.count_batches(BatchSize(500, 16 * 1024 * 1024), 2)
    seconds = time.perf_counter() - begin
    return {
        "seconds": seconds,
        "peak_mb": peak_megabytes(),
        "found": made.files_found,
        "unchanged": made.files_unchanged,
        "records": made.records,
        "batches": batches,
    }


def peak_megabytes() -> float:
    """Of this program. Not ``ru_maxrss``, which a process inherits from the one that started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) / 1024


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
