"""The annotation engine against ``nlp.pipe(n_process=cores)``: ratios of wall times in one interleaved run.

``python -m benchmarks.annotation [--articles 600] [--rounds 3] [--tricks]``

All sides annotate the same texts with the same model, loaded before the clock starts, in as many processes as there are
cores, and give back the number of tokens only. ``--tricks`` also switches each trick off in turn.
"""

import argparse
import multiprocessing
import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # one process a core is the parallelism

import numpy as np
import spacy

from benchmarks.texts import texts, words_of
from flows.annotate_lines import Line, annotate_lines
from flows.pool import ProcessPool, usable_cores
from transforms.annotate.pipeline import DEFAULT_MODEL
from transforms.annotate.stages import EngineOptions, Stages, stages

TEXTS_A_TASK = 100
ANNOTATIONS = ["TAG", "POS", "MORPH", "LEMMA", "DEP", "HEAD", "SENT_START", "ENT_IOB", "ENT_TYPE"]
TRICKS = ("no-tok2vec", "no-parser", "no-ner", "no-attribute-ruler", "blis", "openblas", "plain")

_stages: dict[str, Stages] = {}


def engine(words: str) -> Stages:
    """The stages of the model alone, with nothing of ours after it, under the engine options ``words``."""
    if words not in _stages:
        _stages[words] = stages(spacy.load(DEFAULT_MODEL), EngineOptions.parse(words))
    return _stages[words]


def run_task(task: tuple[str, list[str]]) -> int:
    """Body of a worker."""
    words, part = task
    return sum(len(doc) for doc in engine(words).pipe(part))


def pooled(words: str) -> Callable[[list[str], int], float]:
    """Seconds on a pool whose processes have loaded their model."""

    def measure(batch: list[str], cores: int) -> float:
        parts = [batch[low : low + TEXTS_A_TASK] for low in range(0, len(batch), TEXTS_A_TASK)]
        with ProcessPoolExecutor(cores, mp_context=multiprocessing.get_context("spawn")) as pool:
            list(pool.map(run_task, [(words, batch[:8])] * (2 * cores)))
            begin = time.perf_counter()
            list(pool.map(run_task, [(words, part) for part in parts]))
            return time.perf_counter() - begin

    return measure


def plain(batch: list[str], cores: int) -> float:
    """Seconds of ``nlp.pipe(n_process=cores)`` with nothing after it."""
    nlp = spacy.load(DEFAULT_MODEL)
    begin = time.perf_counter()
    for _ in nlp.pipe(batch, n_process=cores, batch_size=64):
        pass
    return time.perf_counter() - begin


def rows(batch: list[str], cores: int) -> float:
    """Seconds to entity and quote rows: what ``onrecord annotate`` does."""
    lines = [Line(number, str(number), text) for number, text in enumerate(batch, 1)]
    with ProcessPool(cores) as pool:
        list(annotate_lines(lines[: 2 * 64], DEFAULT_MODEL, pool, lambda _: None))
        begin = time.perf_counter()
        list(annotate_lines(lines, DEFAULT_MODEL, pool, lambda _: None))
        return time.perf_counter() - begin


def differences(batch: list[str]) -> tuple[int, int]:
    """Tokens, and how many of them differ in any annotation from plain spaCy."""
    fast, count, unequal = engine("keep-all"), 0, 0
    for expected, got in zip(fast.nlp.pipe(batch, batch_size=64), fast.pipe(batch), strict=True):
        count += len(expected)
        unequal += int(np.any(expected.to_array(ANNOTATIONS) != got.to_array(ANNOTATIONS), axis=-1).sum())
    return count, unequal


def measure(sides: dict[str, Callable[[list[str], int], float]], batch: list[str], rounds: int) -> dict[str, float]:
    """Median seconds of each side, one after the other in every round."""
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, side in sides.items():
            seconds[name].append(side(batch, usable_cores()))
    return {name: statistics.median(values) for name, values in seconds.items()}


def table(medians: dict[str, float], words: int) -> list[str]:
    """Markdown, with each side's speed as a multiple of the first's."""
    first = next(iter(medians.values()))
    lines = ["| set-up | seconds | words/s | times as fast |", "|---|---|---|---|"]
    return lines + [
        f"| {name} | {value:.1f} | {words / value:,.0f} | {first / value:.2f} |" for name, value in medians.items()
    ]


def report(articles: int, rounds: int, tricks: Sequence[str]) -> list[str]:
    """The section of ``docs/benchmarks.md``."""
    batch = texts(articles)
    sides: dict[str, Callable[[list[str], int], float]] = {
        f"`nlp.pipe(n_process={usable_cores()})`": plain,
        "engine, every annotation": pooled("keep-all"),
        "engine, what the tables need": pooled("fast"),
        "the same with quotes, speakers and rows (`onrecord annotate`)": rows,
        **{f"engine, {words}": pooled(words) for words in tricks},
    }
    medians = measure(sides, batch, rounds)
    tokens, unequal = differences(batch)
    return [
        f"{len(batch)} articles, {words_of(batch):,} words, {usable_cores()} processes, Python "
        f"{platform.python_version()}, spaCy {version('spacy')}, numpy {version('numpy')}; median of {rounds} "
        f"interleaved runs; kernels by {engine('fast').backend}.",
        "",
        *table(medians, words_of(batch)),
        "",
        f"Tokens that differ from plain spaCy in tag, part of speech, morphology, lemma, dependency, head, sentence or "
        f"entity: {unequal} of {tokens:,}.",
    ]


def main() -> None:
    """Print the section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tricks", action="store_true", help="also with each trick switched off")
    arguments = parser.parse_args()
    print("\n".join(report(arguments.articles, arguments.rounds, TRICKS if arguments.tricks else ())))


if __name__ == "__main__":
    main()
