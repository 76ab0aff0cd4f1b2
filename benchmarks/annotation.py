"""Annotation with rows against plain ``nlp.pipe``: the ratio of their wall times in one interleaved run.

``python -m benchmarks.annotation [--articles 240] [--rounds 3]``; texts come from ONRECORD_SHARED where it is present
(articles as people have them), else from seeds/ repeated.
"""

import argparse
import statistics
import time
import zipfile
from collections.abc import Callable
from os import environ
from pathlib import Path

import spacy

from flows.annotate_lines import Line, annotate_lines
from flows.pool import ProcessPool, usable_cores
from transforms.annotate.pipeline import DEFAULT_MODEL


def texts(count: int) -> list[str]:
    """Article texts to annotate."""
    archive = Path(environ.get("ONRECORD_SHARED", "../shared")) / "corpus" / "articles_txt.zip"
    if archive.exists():
        with zipfile.ZipFile(archive) as opened:
            names = opened.namelist()
            chosen = names[:: max(len(names) // count, 1)][:count]
            return [opened.read(name).decode("utf-8", "replace").strip() for name in chosen]
    seeds = [path.read_text(errors="replace").strip() for path in sorted(Path("seeds").glob("1*.txt"))]
    return (seeds * (count // len(seeds) + 1))[:count]


def plain(batch: list[str], cores: int) -> float:
    """Seconds of ``nlp.pipe(n_process=cores)`` with nothing after it, the model already loaded."""
    nlp = spacy.load(DEFAULT_MODEL)
    begin = time.perf_counter()
    for _ in nlp.pipe(batch, n_process=cores, batch_size=64):
        pass
    return time.perf_counter() - begin


def ours(batch: list[str], cores: int) -> float:
    """Seconds to entity and quote rows on a pool whose processes have loaded their models."""
    lines = [Line(number, str(number), text) for number, text in enumerate(batch, 1)]
    with ProcessPool(cores) as engine:
        list(annotate_lines(lines[: 2 * 64], DEFAULT_MODEL, engine, lambda _: None))
        begin = time.perf_counter()
        list(annotate_lines(lines, DEFAULT_MODEL, engine, lambda _: None))
        return time.perf_counter() - begin


def main() -> None:
    """Print medians and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=240)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    batch, cores = texts(arguments.articles), usable_cores()
    words = sum(len(text.split()) for text in batch)
    sides: dict[str, Callable[[list[str], int], float]] = {"nlp.pipe": plain, "onrecord": ours}
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(arguments.rounds):
        for name, side in sides.items():
            seconds[name].append(side(batch, cores))
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    for name, value in medians.items():
        print(f"{name:10} {value:8.2f} s  {words / value:10,.0f} words/s")
    print(f"onrecord takes {medians['onrecord'] / medians['nlp.pipe']:.2f} x the time of nlp.pipe(n_process={cores})")


if __name__ == "__main__":
    main()
