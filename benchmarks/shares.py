"""What each step of a run costs: CPU seconds by step, and a digest of all rows, so that two versions can be compared.

``python -m benchmarks.shares [--articles 300] [--engine fast] [--no-command] [--profile FILE]``

One process does what a run does, with a clock at each step; then the ``onrecord`` command does the same, and what it
takes beyond the steps is Prefect, its server, start-up and the pool. Articles come from ONRECORD_SHARED where it is
present, else from seeds/.
"""

import argparse
import cProfile
import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, replace
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from benchmarks.texts import texts, words_of
from flows import batch, boilerplate, reading
from flows.collector import collect_rarely
from flows.options import IngestOptions
from flows.plan import make_plan
from flows.recipe import batch_size, known_boilerplate, limits_of, normalise_of, recipe_of
from flows.spec import BatchSpec, batch_id
from transforms.annotate import engine
from transforms.annotate.pipeline import AFTER, BEFORE
from transforms.records import Annotated
from warehouse.commit import commit
from warehouse.ledger import Ledger
from warehouse.staging import StagingArea

ONRECORD = str(Path(sys.executable).parent / "onrecord")
OURS = frozenset({*BEFORE, *AFTER})


class Clock:
    """CPU seconds by step; a step within a step counts for itself alone."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._open: list[str] = []
        self._since = 0.0

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """What happens in the block is this step's."""
        self._turn()
        self._open.append(name)
        try:
            yield
        finally:
            self._turn()
            self._open.pop()

    def _turn(self) -> None:
        now = time.process_time()
        if self._open:
            self.seconds[self._open[-1]] += now - self._since
        self._since = now

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, as a step."""

        @wraps(function)
        def run(*arguments: Any, **named: Any) -> Any:
            with self.step(name):
                return function(*arguments, **named)

        return run


def watch(clock: Clock, annotator: engine.Annotator) -> None:
    """Put the clock into the functions that a batch calls."""
    reading.read_file = clock.timed("read", reading.read_file)
    boilerplate.build_article = clock.timed("learn boilerplate", boilerplate.build_article)
    batch.build_document = clock.timed("normalise", batch.build_document)
    batch.sign = clock.timed("sign for near duplicates", batch.sign)
    batch._stage = clock.timed("stage", batch._stage)
    engine.entity_rows = clock.timed("rows", engine.entity_rows)
    engine.quote_rows = clock.timed("rows", engine.quote_rows)
    engine.Positions = clock.timed("rows", engine.Positions)  # type: ignore[assignment,misc]
    annotator._nlp.make_doc = clock.timed("spaCy: tokenizer", annotator._nlp.make_doc)  # type: ignore[method-assign]
    timed = tuple(
        (name, clock.timed(name if name in OURS else f"spaCy: {name}", stage))
        for name, stage in annotator._stages.stages
    )
    annotator._stages = replace(annotator._stages, stages=timed)


def digest_of(items: list[Annotated]) -> str:
    """The same for the same rows, whichever run made them."""
    digest = hashlib.blake2b(digest_size=12)
    for item in sorted(items, key=lambda item: item.document.document_id):
        name = Path(item.document.source_path).name  # the folder is a new one each time
        document = replace(item.document, ingested_at=None, run_id="", source_path=name)  # type: ignore[arg-type]
        digest.update(repr((astuple(document), item.entities, item.quotes)).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def steps(landing: Path, root: Path, words: str, profile: str | None) -> tuple[Clock, list[Annotated]]:
    """A run in this process."""
    options = IngestOptions(engine=words)
    clock, rows = Clock(), []
    annotator = batch._annotator(options.model, options.engine)
    batch._annotator = lambda *_: annotator  # type: ignore[assignment]
    # Warm: lexicons are read and rules compiled once a process, not once an article.
    run_on(sorted(landing.iterdir())[:20], root / "warm", options, Clock())
    watch(clock, annotator)
    kept = batch._annotate
    batch._annotate = lambda *arguments: rows.extend(done := kept(*arguments)) or done
    watched = cProfile.Profile()
    if profile:
        watched.enable()
    run_on([landing], root / "data", options, clock)
    if profile:
        watched.disable()
        watched.dump_stats(profile)
    return clock, rows


def run_on(sources: list[Path], root: Path, options: IngestOptions, clock: Clock) -> None:
    """List, plan, learn, annotate, commit."""
    area = StagingArea(root, to_write=True)
    spec = BatchSpec(
        "none", (), str(root), options.model, "run", datetime.now(UTC), recipe_of(options), limits_of(options),
        normalise_of(options), engine=options.engine,
    )  # fmt: skip
    with clock.step("list and plan"):
        plan = make_plan(
            [str(source) for source in sources], Ledger.load(root), [], limits_of(options), batch_size(options)
        )
    with clock.step("learn boilerplate"):
        boilerplate.learn_boilerplate(spec, plan)
    known = known_boilerplate(str(root))
    recipe = recipe_of(options, known)
    spec = replace(spec, recipe=recipe, normalise=normalise_of(options, known))
    for units in plan.batches(batch_size(options), 1):
        with clock.step("the batch itself"):
            batch.run_batch(replace(spec, units=units, batch_id=batch_id(units, recipe)))
    with clock.step("commit"):
        batches = area.finished()
        commit(root, batches, "run")
        area.discard(batches)


def command_seconds(landing: Path, top: Path, words: str) -> float:
    """CPU seconds of the command and of all its processes."""
    environment = {**os.environ, "PREFECT_HOME": str(top / "prefect")}
    environment.pop("PREFECT_API_URL", None)
    before = os.times()
    command = [ONRECORD, "ingest", str(landing), "--data", str(top / "command"), "--engine", words, "--json"]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def report(seconds: dict[str, float], whole: float | None) -> list[str]:
    """Markdown."""
    model = sum(value for name, value in seconds.items() if name.startswith("spaCy"))
    ours = sum(seconds.values()) - model
    lines = ["| step | CPU s | of the steps |", "|---|---|---|"]
    total = model + ours
    for name, value in sorted(seconds.items(), key=lambda item: -item[1]):
        lines.append(f"| {name} | {value:.2f} | {value / total:.1%} |")
    lines.append(f"| **the spaCy model** | {model:.2f} | {model / total:.1%} |")
    lines.append(f"| **everything else of these** | {ours:.2f} | {ours / total:.1%} |")
    if whole is not None:
        lines.append(f"| the whole command | {whole:.2f} | the model is {model / whole:.1%} of it |")
    return lines


def main() -> None:
    """Print the table and the digest."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=300)
    parser.add_argument("--engine", default="fast")
    parser.add_argument("--no-command", action="store_true", help="leave out the whole command")
    parser.add_argument("--profile", help="file for a profile of the steps")
    arguments = parser.parse_args()
    collect_rarely()  # as the processes of a run do
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        landing = top / "landing"
        landing.mkdir()
        articles = texts(arguments.articles)
        for number, text in enumerate(articles):
            (landing / f"{number:05}.txt").write_text(text, encoding="utf-8")
        clock, rows = steps(landing, top, arguments.engine, arguments.profile)
        whole = None if arguments.no_command else command_seconds(landing, top, arguments.engine)
        print(f"{len(articles)} articles, {words_of(articles):,} words; engine {arguments.engine}\n")
        print("\n".join(report(dict(clock.seconds), whole)))
        print(f"\nDigest of {len(rows)} documents with their rows: {digest_of(rows)}")


if __name__ == "__main__":
    main()
