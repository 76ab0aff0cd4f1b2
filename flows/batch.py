"""The body of a batch, without Prefect: read, normalise, annotate, stage. Runs in this process or in a pool process."""

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from heapq import nlargest
from typing import TYPE_CHECKING

import pyarrow as pa

from flows import beacon
from flows.beacon import Beacon, Phase
from flows.reading import CHARACTERS_A_SECOND, Build, Reading, crashed, read_units
from flows.spec import BatchResult, BatchSpec
from flows.unit import reject_row, source_row
from transforms.near_duplicates import Signature, sign
from transforms.normalise import build_document
from transforms.normalise.language import identify_language
from transforms.records import Annotated, Document, MarkedKind, Provenance, RejectReason
from transforms.version import PIPELINE_VERSION
from warehouse.ledger import SourceStatus, source_parts
from warehouse.memory import give_back
from warehouse.staging import StagingArea
from warehouse.tables import to_arrow

if TYPE_CHECKING:
    from transforms.annotate.engine import Annotator

SLOWEST_SHOWN = 5
NOT_WORDING = frozenset({MarkedKind.BOILERPLATE, MarkedKind.WIRE_CREDIT})
"""What unrelated articles of one outlet share."""

ANNOTATED_TOGETHER = 200
"""Documents in one call of the model, so that a stalled one is noticed soon; about as many go side by side anyway."""

TRIED_AGAIN = frozenset({RejectReason.CRASHED, RejectReason.UNREADABLE, RejectReason.PERMISSION})
"""Reasons after which the next run reads the source again."""

CHARACTERS_TOGETHER = 600_000
"""And about as many characters as so many usual articles have: 200 transcripts would take a worker 100 MB more."""

Readings = list[Reading[Document]]
Waiting = list[tuple[Reading[Document], Document]]


def run_batch(spec: BatchSpec) -> BatchResult:
    """Read, normalise, annotate and stage one batch.

    A record that cannot become a document is a row of ``rejects``; it never ends the batch. The staged batch is named
    by its content, so running the same batch twice leaves one.
    """
    result = BatchResult(spec.batch_id)
    with _timed(result, "load model"):
        annotator = _annotator(spec.model, spec.engine)
        result.engine = annotator.engine
    with _timed(result, "read"):
        readings = list(read_units(spec.units, spec, _builder(spec)))
    rows = Rows()
    parts = _annotate(annotator, readings, spec)
    while True:
        with _timed(result, "annotate"):
            annotated = next(parts, None)
        if annotated is None:
            break
        with _timed(result, "stage"):
            rows.add(annotated)
        _count(result, annotated)
        del annotated
    beacon.at(None)
    with _timed(result, "stage"):
        _stage(spec, readings, rows)
        give_back()
    _count_readings(result, readings)
    return result


class Rows:
    """Rows of annotated documents as columns, which take less memory than they do as objects."""

    def __init__(self) -> None:
        self._parts: dict[str, list[pa.Table]] = defaultdict(list)
        self.add([])  # so that there is one

    def add(self, annotated: list[Annotated]) -> None:
        """Take the rows of some documents more."""
        for name, rows in (
            ("documents", [item.document for item in annotated]),
            ("entities", [row for item in annotated for row in item.entities]),
            ("quotes", [row for item in annotated for row in item.quotes]),
            ("signatures", [_signature(item.document) for item in annotated]),
        ):
            self._parts[name].append(to_arrow(name, rows))

    def tables(self) -> dict[str, pa.Table]:
        """All of them."""
        return {name: pa.concat_tables(parts) for name, parts in self._parts.items()}


def _builder(spec: BatchSpec) -> Build[Document]:
    provenance = Provenance(spec.run_id, spec.model, PIPELINE_VERSION, spec.ingested_at)
    return lambda record, origin: build_document(record, origin, provenance, spec.normalise)


@lru_cache(maxsize=1)
def _annotator(model: str, engine: str) -> "Annotator":
    """One model a process, loaded by its first batch."""
    # Only here: the process that plans, waits and commits must not pay a second for spaCy.
    from transforms.annotate.spacy_alone import import_spacy  # noqa: PLC0415

    import_spacy()
    from transforms.annotate.engine import Annotator  # noqa: PLC0415
    from transforms.annotate.stages import EngineOptions  # noqa: PLC0415

    return Annotator(model, EngineOptions.parse(engine))


def load_model(chosen: tuple[str, str]) -> None:
    """Load a model (its name, the engine's words), so that the first batch of this process finds it.

    Also what tells languages apart: it is packed so tightly that it takes 0.6 s of CPU, as long as the model of spaCy.
    """
    _annotator(*chosen)
    identify_language("Any word will do.")


@contextmanager
def _timed(result: BatchResult, stage: str) -> Iterator[None]:
    begin = time.perf_counter()
    yield
    result.seconds[stage] = result.seconds.get(stage, 0.0) + time.perf_counter() - begin


def _annotate(annotator: "Annotator", readings: Readings, spec: BatchSpec) -> Iterator[list[Annotated]]:
    """Annotate many together; if that raises, one by one, so that only the record at fault is refused."""
    waiting = [(reading, document) for reading in readings for document in reading.documents]
    together = 1 if spec.careful else ANNOTATED_TOGETHER
    for some in _groups(waiting, together):
        beacon.at(_annotating(some, spec))
        try:
            annotated = annotator.annotate([document for _, document in some])
        except Exception:  # noqa: BLE001  the record at fault is found and named here
            annotated = list(_annotate_singly(annotator, some, spec))
        yield annotated


def _groups(waiting: Waiting, most: int) -> Iterator[Waiting]:
    """Documents in order, as many as the model gets at a time."""
    group: Waiting = []
    characters = 0
    for reading, document in waiting:
        length = len(document.text)
        if group and (len(group) >= most or characters + length > CHARACTERS_TOGETHER):
            yield group
            group, characters = [], 0
        group.append((reading, document))
        characters += length
    if group:
        yield group


def _annotate_singly(annotator: "Annotator", some: Waiting, spec: BatchSpec) -> Iterator[Annotated]:
    for reading, document in some:
        beacon.at(_annotating([(reading, document)], spec))
        try:
            yield from annotator.annotate([document])
        except Exception as error:  # noqa: BLE001  kept in `rejects`
            reading.documents.remove(document)
            reading.rejects.append(crashed(document.source_record, error, document.text))


def _annotating(some: Waiting, spec: BatchSpec) -> Beacon:
    seconds = spec.record_seconds + sum(len(document.text) for _, document in some) / CHARACTERS_A_SECOND
    reading, document = some[0]
    return Beacon(reading.number, document.source_record if len(some) == 1 else None, Phase.ANNOTATING, seconds)


def _stage(spec: BatchSpec, readings: Readings, rows: Rows) -> None:
    rejects = [reject_row(item.unit, reject, spec.run_id) for item in readings for reject in item.rejects]
    sources = [
        source_row(
            item.unit,
            [document.document_id for document in item.documents],
            len(item.documents) + len(item.rejects),
            run_id=spec.run_id,
            listed_at=spec.ingested_at,
            status=_status(item),
        )
        for item in readings
    ]
    tables = {
        **rows.tables(),
        "rejects": to_arrow("rejects", rejects),
        "sources": source_parts(sources),
    }
    records = sum(row.record_count for row in sources)
    StagingArea(spec.root).write(spec.batch_id, tables, facts_of(spec.recipe, records))


def facts_of(recipe: str, records: int) -> dict[str, object]:
    """What a staged batch says about itself, for runs that find it."""
    return {"recipe": recipe, "pipeline_version": PIPELINE_VERSION, "records": records}


def _signature(document: Document) -> Signature:
    skipped = [(span.start, span.end) for span in document.marked_spans if span.kind in NOT_WORDING]
    return sign(document.document_id, document.text, skipped)


def _status(reading: Reading[Document]) -> SourceStatus | None:
    """What may go better next time must not be called done: our own defects, a disk or a network that failed.

    A record that kills or stalls its process is done: each run would lose a process to it again.
    """
    again = any(reject.reason in TRIED_AGAIN for reject in reading.rejects)
    return SourceStatus.PARTIAL if again else None


def _count(result: BatchResult, annotated: list[Annotated]) -> None:
    result.documents += len(annotated)
    result.entities += sum(len(item.entities) for item in annotated)
    result.quotes += sum(len(item.quotes) for item in annotated)
    result.words += sum(item.document.word_count for item in annotated if item.document.model)
    result.annotated += sum(1 for item in annotated if item.document.model)
    result.languages.update(item.document.language or "unknown" for item in annotated)
    names = [row.speaker_canonical for item in annotated for row in item.quotes]
    result.speakers.update(name for name in names if name)
    result.unresolved += sum(1 for name in names if not name)
    result.warnings.update(text.split(":")[0] for item in annotated for text in item.document.warnings)


def _count_readings(result: BatchResult, readings: Readings) -> None:
    result.slowest = nlargest(SLOWEST_SHOWN, ((item.seconds, str(item.unit)) for item in readings))
    result.rejects.update(reject.reason.value for item in readings for reject in item.rejects)
