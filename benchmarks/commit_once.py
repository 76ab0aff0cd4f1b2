"""Commit what is staged and print what it took: ``python -m benchmarks.commit_once ROOT [--no-sync]``."""

import json
import os
import sys
import time
from pathlib import Path

from warehouse.commit import commit
from warehouse.staging import StagingArea


def peak_bytes() -> int:
    """The most memory that this process ever held. Not ru_maxrss, which begins with the parent's."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


def main() -> None:
    root = Path(sys.argv[1])
    if "--no-sync" in sys.argv:
        os.fsync = lambda _: None
    before = peak_bytes()
    batches = StagingArea(root).finished()
    began, busy = time.perf_counter(), time.process_time()
    result = commit(root, batches, "bench")
    seconds, cpu = time.perf_counter() - began, time.process_time() - busy
    facts = {"seconds": seconds, "cpu": cpu, "bytes": result.bytes_written, "before": before, "peak": peak_bytes()}
    print(json.dumps(facts))


if __name__ == "__main__":
    main()
