"""One run: its identity, its clock, and its row in ``runs`` however it ends."""

import logging
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from typing import Self
from uuid import UUID

from prefect import get_client, runtime
from prefect.exceptions import MissingContextError
from prefect.logging import get_run_logger

from flows.naming import label_of
from flows.options import IngestOptions
from flows.progress import current_listener
from flows.recipe import known_boilerplate
from flows.spec import BatchResult
from transforms.version import PIPELINE_VERSION
from warehouse.runs import LanguageCount, RunRow, Version, write_run

TRACED_PACKAGES = ("onrecord", "spacy", "prefect", "pyarrow", "pandas")


class Run:
    """What the steps of a run share. Not a dataclass, for the reason given in ``flows.plan.Plan``.

    Attributes:
        run_id: Prefect's flow run id, so that a row leads to its page in the UI.
        boilerplate: what is known of the outlets' boilerplate, the same for the whole run.
        figures: counts for the row in ``runs``, by column name.
        languages: documents by language code.
        engines: what was done to be fast, in words, one for each kind of machine.
        seconds: wall time by stage.
        snapshot: the snapshot that it committed, None when nothing was new.
    """

    def __init__(self, sources: list[str], root: str, options: IngestOptions) -> None:
        self.run_id = runtime.flow_run.id or str(uuid.uuid4())
        self.sources = sources
        self.root = root
        self.options = options
        self.started_at = datetime.now(UTC)
        self.boilerplate = known_boilerplate(root)
        self.logger = _logger()
        self.listener = current_listener.get()
        self.figures: Counter[str] = Counter()
        self.languages: Counter[str] = Counter()
        self.engines: set[str] = set()
        self.seconds: dict[str, float] = defaultdict(float)
        self.snapshot: int | None = None

    @property
    def label(self) -> str:
        """The sources in few words."""
        return label_of(self.sources)

    @property
    def folder(self) -> str:
        """The warehouse's own name, without the way to it."""
        return Path(self.root).name or self.root

    def rename(self, name: str) -> None:
        """Tell on the flow run what it found to do."""
        if runtime.flow_run.id:
            with get_client(sync_client=True) as client:
                client.update_flow_run(UUID(runtime.flow_run.id), name=name)

    @classmethod
    @contextmanager
    def begin(cls, sources: list[str], root: str, options: IngestOptions) -> Iterator[Self]:
        """The run for the time of the block; its row is written at the end, also when it fails."""
        run = cls(sources, root, options)
        try:
            yield run
        except BaseException as error:
            # The folder exists only once something was staged; a run that never got there has nothing to record in.
            if Path(root).is_dir():
                run._record("failed", f"{type(error).__name__}: {error}")
            raise
        run._record("completed", None)

    @classmethod
    @contextmanager
    def watch(cls, root: str) -> Iterator[Self]:
        """A run that reads nothing, for the time of the block: it has clock and log but no row in ``runs``."""
        yield cls([], root, IngestOptions())

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure and announce one stage."""
        self.listener.stage(name)
        begin = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] += time.perf_counter() - begin

    @property
    def words_per_second(self) -> float:
        """Words annotated by wall time of the annotation stage."""
        return self.figures["words"] / self.seconds["annotate"] if self.seconds["annotate"] else 0.0

    def count(self, results: Sequence[BatchResult], refused: int = 0) -> None:
        """Add up what the batches of this run gave, and what could not even be opened."""
        self.figures.update(
            records_read=sum(result.records for result in results),
            documents_read=sum(result.documents for result in results),
            documents_annotated=sum(result.annotated for result in results),
            entities_found=sum(result.entities for result in results),
            quotes_found=sum(result.quotes for result in results),
            quotes_unresolved=sum(result.unresolved for result in results),
            rejects_found=sum(result.rejects.total() for result in results) + refused,
            words=sum(result.words for result in results),
        )
        for result in results:
            self.languages.update(result.languages)
        self.engines.update(result.engine for result in results if result.engine)

    def _record(self, state: str, message: str | None) -> None:
        finished_at = datetime.now(UTC)
        row = RunRow(
            run_id=self.run_id,
            started_at=self.started_at,
            finished_at=finished_at,
            state=state,
            message=message,
            snapshot=-1 if self.snapshot is None else self.snapshot,
            discover_seconds=self.seconds["discover"],
            annotate_seconds=self.seconds["annotate"],
            commit_seconds=self.seconds["commit"],
            total_seconds=(finished_at - self.started_at).total_seconds(),
            words_per_second=self.words_per_second,
            model=self.options.model,
            pipeline_version=PIPELINE_VERSION,
            sources=tuple(self.sources),
            versions=(*_versions(), *(Version("engine", words) for words in sorted(self.engines))),
            languages=tuple(LanguageCount(code, count) for code, count in self.languages.most_common()),
            **{name: self.figures[name] for name in FIGURES},
        )
        write_run(self.root, row)


FIGURES = (
    "files_found",
    "files_unchanged",
    "files_skipped",
    "records_read",
    "documents_added",
    "documents_replaced",
    "documents_removed",
    "documents_unchanged",
    "entities_added",
    "quotes_added",
    "rejects_added",
    "documents_read",
    "documents_annotated",
    "entities_found",
    "quotes_found",
    "quotes_unresolved",
    "rejects_found",
    "words",
    "bytes_written",
)
"""Columns of ``runs`` that count."""


def flow_run_name() -> str:
    """Prefect's name for a run until it has found out what there is to do."""
    return f"{runtime.flow_run.flow_name} {label_of(runtime.flow_run.parameters.get('sources', []))}"


def _versions() -> Iterator[Version]:
    yield Version("python", python_version())
    for package in TRACED_PACKAGES:
        yield Version(package, version(package))


def _logger() -> "logging.Logger | logging.LoggerAdapter[logging.Logger]":
    try:
        return get_run_logger()
    except MissingContextError:  # called as a plain function, without Prefect
        return logging.getLogger("onrecord")
