"""How time and memory grow with the number of articles: ``python -m benchmarks.scale [--sizes 1000 3000 10000 30000]``.

Each size is one run of ``onrecord ingest`` into a new warehouse, from single files: articles of ONRECORD_SHARED (else
of seeds/) with other words in them. Sizes that were measured are kept in .bench and not measured again (``--fresh``
does that); docs/benchmarks-scale.md is written after each.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks import kept
from benchmarks.memory import Watch
from benchmarks.mutations import mutated
from flows.pool import usable_cores

ONRECORD = str(Path(sys.executable).parent / "onrecord")
PAGE = Path("docs/benchmarks-scale.md")
SIZES = (1_000, 3_000, 10_000, 30_000)
FILES_A_FOLDER = 1_000


def measure(size: int) -> dict[str, Any]:
    """One run."""
    with tempfile.TemporaryDirectory(prefix="onrecord-scale-") as name:
        top, words = Path(name), 0
        for number, text in enumerate(islice(mutated(), size)):
            folder = top / "landing" / f"{number // FILES_A_FOLDER:03}"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{number:06}.txt").write_text(text, encoding="utf-8")
            words += len(text.split())
        environment = {**os.environ, "PREFECT_HOME": str(top / "prefect")}
        environment.pop("PREFECT_API_URL", None)
        before, begin = os.times(), time.perf_counter()
        command = [ONRECORD, "ingest", str(top / "landing"), "--data", str(top / "data"), "--json"]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as running:
            watch = Watch(running.pid)
            out, _ = running.communicate()
            peaks = watch.stop()
        seconds, after = time.perf_counter() - begin, os.times()
        if running.returncode:
            raise SystemExit(f"the run of {size} articles ended with {running.returncode}")
        report = json.loads(out)
        return {
            "articles": size,
            "words": words,
            "seconds": seconds,
            "start": report["start_seconds"],
            "cpu": after.children_user + after.children_system - before.children_user - before.children_system,
            "stages": report["seconds"],
            "documents": report["counts"]["documents_added"],
            "megabytes": peaks,
            "version": kept.version(),
        }


def page(results: list[dict[str, Any]]) -> str:
    """Markdown."""
    lines = [
        "# How cost grows",
        "",
        "*Written by `make bench-scale`; change `benchmarks/scale.py`, not this page.* One run of `onrecord ingest` "
        "for each size, from single files into a new warehouse; articles of a news corpus with other words in them. "
        f"{usable_cores()} cores ({platform.machine()}), Python {platform.python_version()}. "
        "Milliseconds an article are those after the start, which does not grow.",
        "",
        "| articles | words | seconds | of them start | ms an article | CPU ms an article | parent, peak MB | largest "
        "worker, peak MB | server, peak MB | all at one time, peak MB | commit |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for one in results:
        each, memory = one["articles"], one["megabytes"]
        lines.append(
            f"| {each:,} | {one['words']:,} | {one['seconds']:.1f} | {one['start']:.1f} | "
            f"{1000 * (one['seconds'] - one['start']) / each:.1f} | {1000 * one['cpu'] / each:.1f} | "
            f"{memory.get('parent', 0):.0f} | {memory.get('worker', 0):.0f} | {memory.get('server', 0):.0f} | "
            f"{memory.get('together', 0):.0f} | {one['version']} |"
        )
    by_size = {one["articles"]: one for one in results}
    if {3_000, 30_000} <= by_size.keys():
        small, large = by_size[3_000], by_size[30_000]
        growth = [(side["seconds"] - side["start"]) / side["articles"] for side in (small, large)]
        lines += ["", f"From 3,000 to 30,000 articles the time for one grows by {growth[1] / growth[0] - 1:+.1%}, and"]
        lines += [
            ", ".join(
                f"the peak of {what} by {large['megabytes'][kind] / small['megabytes'][kind] - 1:+.1%}"
                for kind, what in (("together", "all"), ("parent", "the parent"), ("worker", "the largest worker"))
            )
            + "."
        ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure what is missing, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--fresh", action="store_true", help="forget what was measured")
    arguments = parser.parse_args()
    if arguments.fresh:
        kept.keep("scale", {})
    for size in arguments.sizes:
        known = kept.load("scale") or {}
        if str(size) not in known:
            known = {**known, str(size): measure(size)}
            kept.keep("scale", known)
        print(json.dumps(known[str(size)]), flush=True)
        PAGE.write_text(page(sorted(known.values(), key=lambda one: one["articles"])), encoding="utf-8")


if __name__ == "__main__":
    main()
