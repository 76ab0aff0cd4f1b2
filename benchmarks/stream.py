"""Memory over a long stream: the pool is fed with new articles without end, and the memory of its processes is sampled.

``python -m benchmarks.stream [--minutes 60] [--warm-up 10] [--write]``

The articles are those of ONRECORD_SHARED (else of seeds/) with other words in them, among them words that no text had
before. Each worker takes batches of 100 through the whole annotation, to rows; what comes back is thrown away. Workers
are not replaced meanwhile, so that what they hold can be seen to stay.
"""

import argparse
import os
import statistics
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from pathlib import Path

from benchmarks.memory import resident
from benchmarks.mutations import mutated
from flows.pool import ProcessPool, usable_cores

ARTICLES_A_CALL = 100
SAMPLE_SECONDS = 5.0
PAGE = Path("docs/benchmarks-stream.md")


def annotate(texts: list[str]) -> tuple[int, int]:
    """Body of a worker: words and rows."""
    from flows.batch import _annotator
    from transforms.annotate.rows import RowContext
    from transforms.version import DEFAULT_MODEL

    annotator = _annotator(DEFAULT_MODEL, "fast")
    contexts = [RowContext(str(number), "model", "0", None) for number in range(len(texts))]
    with annotator.zone():
        rows = sum(len(entities) + len(quotes) for entities, quotes in annotator.rows(texts, contexts))
    return sum(len(text.split()) for text in texts), rows


def feed(pool: ProcessPool, seconds: float) -> Iterator[tuple[float, int, list[float]]]:
    """Time, articles so far and megabytes of parent and workers, every few seconds."""
    from benchmarks.stream import annotate as body  # under the name that a worker finds it by

    articles, done, begin, sampled = mutated(), 0, time.monotonic(), 0.0
    flying: deque[Future[tuple[int, int]]] = deque()
    with ThreadPoolExecutor(pool.workers + 1) as threads:
        while (now := time.monotonic() - begin) < seconds:
            while len(flying) <= pool.workers:
                flying.append(threads.submit(pool.run, body, list(islice(articles, ARTICLES_A_CALL))))
            flying.popleft().result()
            done += ARTICLES_A_CALL
            if now - sampled >= SAMPLE_SECONDS:
                sampled = now
                yield now, done, [resident(pid) / 1e6 for pid in (os.getpid(), *pool.pids())]
        while flying:
            flying.popleft().result()


def growth(samples: list[tuple[float, int, list[float]]], side: int) -> tuple[float, float, float, float]:
    """Median megabytes of the first and last fifth, the most, and megabytes an hour by the line through all."""
    times, values = [sample[0] / 3600 for sample in samples], [sample[2][side] for sample in samples]
    fifth = max(len(values) // 5, 1)
    slope = statistics.linear_regression(times, values).slope if len(values) > 1 else 0.0
    return statistics.median(values[:fifth]), statistics.median(values[-fifth:]), max(values), slope


def main() -> None:
    """Feed, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--warm-up", type=float, default=10.0, help="minutes whose samples do not count")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE}")
    arguments = parser.parse_args()
    with ProcessPool(usable_cores(), calls=10**9) as pool:
        samples = []
        for now, done, megabytes in feed(pool, 60 * arguments.minutes):
            print(f"{now:7.0f} s {done:7} articles  MB: {'  '.join(f'{each:.0f}' for each in megabytes)}", flush=True)
            samples.append((now, done, megabytes))
    counted = [sample for sample in samples if sample[0] >= 60 * arguments.warm_up and len(sample[2]) > pool.workers]
    if not counted:
        raise SystemExit("The warm-up took all of the time.")
    lines = [
        f"{samples[-1][1]:,} articles in {samples[-1][0] / 60:.0f} minutes; the first {arguments.warm_up:g} minutes do "
        "not count.",
        "",
        "| process | MB, first fifth | MB, last fifth | change | most | MB an hour |",
        "|---|---|---|---|---|---|",
    ]
    for side, name in enumerate(["parent", *(f"worker {number}" for number in range(1, pool.workers + 1))]):
        first, last, most, slope = growth(counted, side)
        lines.append(f"| {name} | {first:.0f} | {last:.0f} | {last / first - 1:+.1%} | {most:.0f} | {slope:+.1f} |")
    print("\n" + "\n".join(lines))
    if arguments.write:
        title = "# Memory over a long stream\n\n*Written by `make bench-stream`; change `benchmarks/stream.py`.*\n\n"
        PAGE.write_text(title + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
