"""What commits and queries cost, beside Delta Lake doing the same work in the same run.

    python -m benchmarks.warehouse --keep /tmp/bench        # generated warehouses are kept there and used again

(a) 100 new documents into a warehouse of 100,000; (b) one corrected document; (c) many small commits, as hourly runs
make them, against the same rows freshly compacted; (d) the peak memory of a commit against the size of the warehouse.
Writes ``docs/benchmarks-warehouse.md``.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import warehouse
from benchmarks import generated
from benchmarks.delta_peer import Delta
from benchmarks.generated import rows, stage
from benchmarks.measuring import TITLES, Results, linked, timed
from benchmarks.simulated_year import YEARS, measure_hourly
from warehouse.staging import StagedBatch

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks-warehouse.md"
NEWS = 100
PARTS = tuple(TITLES)
SIZES = (10_000, 100_000, 400_000)


def prepared(keep: Path, documents: int) -> Path:
    """A warehouse of so many documents, made once."""
    root = keep / str(documents)
    if not (root / "current").exists():
        shutil.rmtree(root, ignore_errors=True)
        generated.fill(root, documents)
    return root


def parquet_bytes(batch: StagedBatch) -> int:
    return sum(path.stat().st_size for path in batch.path.glob("*.parquet"))


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
        ("of 60 different months", EVERYWHERE, "≤ 5"),
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
    results.add(f"{what}: of these, processor time", f"{measured['cpu']:.2f}")
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


def write_page(keep: Path) -> None:
    """All parts that were measured, be it in one run or in several; each says when and by which version."""
    parts = [json.loads(file.read_text()) for part in PARTS if (file := keep / f"results-{part}.json").exists()]
    sections = []
    for part in parts:
        table = "\n".join(f"| {what} | {value} | {bound} |" for what, value, bound in part["lines"])
        words = f"{part['title']} Measured {part['measured']}, {part['cores']} cores, load {part['load']}."
        sections.append(f"{words}\n\n| what | measured | bound |\n|---|---|---|\n{table}\n")
    PAGE.write_text(
        "# Benchmarks of the warehouse\n\n"
        "*Written by `make bench-warehouse`; change `benchmarks/warehouse.py`, not this page.*\n\n"
        "Rows are invented but of realistic size: 3 kB of text, 40 mentions, 8 quotes and a signature a document,\n"
        "over 60 months. Delta Lake makes the same change in the same run, through deltalake: appends, and `delete`\n"
        "+ append for the correction, of documents, entities and quotes; ours has the ledger and the signatures too.\n"
        "Each commit runs in its own process. Seconds depend on the machine and its load, ratios less. A simulated\n"
        "year has 12 months of equally many runs, and ends with a month that nothing has merged yet but the commits\n"
        "themselves. It is compared again and again with the same rows freshly compacted, and queries by their\n"
        "processor time.\n\n" + "\n".join(sections)
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", type=Path, help="folder for the generated warehouses; used again when they are there")
    parser.add_argument("--hours", type=int, help="runs in the year of part (c), instead of the years of the page")
    parser.add_argument("--each", type=int, default=2, help="documents of each of these")
    parser.add_argument("--samples", type=int, default=40, help="comparisons within a year")
    parser.add_argument("--documents", type=int, default=SIZES[1], help="documents of the warehouse of (a) and (b)")
    parser.add_argument("--largest", type=int, default=SIZES[-1], help="documents of the largest warehouse")
    parser.add_argument("--only", choices=PARTS, help="one part")
    parser.add_argument("--no-page", action="store_true", help="leave the page as it is")
    options = parser.parse_args()
    keep = options.keep or Path(tempfile.mkdtemp(prefix="onrecord-bench-"))
    keep.mkdir(parents=True, exist_ok=True)
    sizes = (*(size for size in SIZES if size < options.largest), options.largest)
    measures: dict[str, Callable[[Results], object]] = {
        "commits": lambda results: measure_commits(results, keep, options.documents),
        "hourly": lambda results: [
            measure_hourly(results, keep, commits, each, options.samples)
            for commits, each in (YEARS if options.hours is None else ((options.hours, options.each),))
        ],
        "memory": lambda results: measure_memory(results, keep, sizes),
    }
    for part in PARTS if options.only is None else (options.only,):
        results = Results()
        measures[part](results)
        results.save(keep, part)
    if not options.no_page:
        write_page(keep)
    for name in ("work", "work-delta"):
        shutil.rmtree(keep / name, ignore_errors=True)
    if options.keep is None:
        shutil.rmtree(keep)


if __name__ == "__main__":
    main()
