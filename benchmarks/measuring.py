"""What the benchmarks of the warehouse share: lines of results, copies of warehouses, the clock."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

TITLES = {
    "commits": "(a) New documents, and (b) one corrected document, in a large warehouse.",
    "hourly": "(c) Many small commits, as the runs of a newsroom make them.",
    "memory": "(d) The peak memory of a commit.",
}


@dataclass
class Results:
    """Lines of one part of the page, each with the bound that it must keep, if there is one."""

    lines: list[tuple[str, str, str]] = field(default_factory=list)

    def save(self, keep: Path, part: str) -> None:
        facts = {
            "title": TITLES[part],
            "measured": f"{datetime.now(UTC):%Y-%m-%d}",
            "cores": os.cpu_count(),
            "load": f"{os.getloadavg()[0]:.1f}",
            "lines": self.lines,
        }
        (keep / f"results-{part}.json").write_text(json.dumps(facts))

    def add(self, what: str, value: str, bound: str = "") -> None:
        self.lines.append((what, value, bound))
        print(f"{what}: {value}{f' (bound: {bound})' if bound else ''}", flush=True)


def linked(root: Path, target: Path) -> Path:
    """A copy that shares the files, which never change."""
    shutil.rmtree(target, ignore_errors=True)
    subprocess.run(["cp", "-al", str(root.resolve()), str(target)], check=True)
    (target / ".lock").unlink(missing_ok=True)  # the one file that must not be shared
    return target


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result
