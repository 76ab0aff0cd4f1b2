"""Ingest a folder in a process of its own, without a server and without a network, and tell what it took.

``python -m tests.flows.ingest_alone SOURCE DATA REPORT`` writes a JSON object: seconds by batch of one unit, skipped
files by reason, the peak of memory in MiB.
"""

import json
import resource
import socket
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

from flows.batch import run_batch
from flows.options import IngestOptions
from flows.run import Run
from flows.tasks import commit_batches, discover_sources, spec_of


def _no_network(*address: Any) -> NoReturn:
    raise AssertionError(f"somebody wants to connect to {address}")


def main(source: str, data: str, report: str) -> None:
    socket.socket.connect = socket.socket.connect_ex = _no_network  # type: ignore[method-assign]
    socket.getaddrinfo = _no_network
    seconds = {}
    with Run.begin([source], data, IngestOptions()) as run:
        plan = discover_sources.fn(run)
        results = []
        for spec in [spec_of(run, (item.unit,)) for item in plan.pending]:
            begin = time.perf_counter()
            results.append(run_batch(spec))
            # Loading the model is no part of any case.
            seconds[str(spec.units[0])] = time.perf_counter() - begin - results[-1].seconds["load model"]
        commit_batches.fn(run, plan, results)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    Path(report).write_text(json.dumps({"seconds": seconds, "skipped": plan.skipped, "peak_mib": peak}), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
