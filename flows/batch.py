"""The body of a batch, without Prefect: read, normalise, annotate, stage. Runs in this process or in a pool process."""

import hashlib
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, BinaryIO

from flows import beacon
from flows.beacon import Beacon, Phase
from flows.unit import Unit, reject_row, source_row
from transforms.near_duplicates import Signature, sign
from transforms.normalise import NormaliseOptions, build_document
from transforms.read import ReadOptions, read_unit
from transforms.read.archives import MemberError, open_member
from transforms.records import Annotated, Document, MarkedKind, Origin, Provenance, RawRecord, Reject, RejectReason
from transforms.version import PIPELINE_VERSION
from warehouse.landing import open_binary
from warehouse.ledger import SourceStatus, source_parts
from warehouse.staging import StagingArea
from warehouse.tables import to_arrow

if TYPE_CHECKING:
    from transforms.annotate.engine import Annotator

EXCERPT_CHARACTERS = 200
SLOWEST_SHOWN = 5
NOT_WORDING = frozenset({MarkedKind.BOILERPLATE, MarkedKind.WIRE_CREDIT})
"""What unrelated articles of one outlet share."""

ANNOTATED_TOGETHER = 200
"""Documents in one call of the model, so that a stalled one is noticed soon; about as many go side by side anyway."""

BYTES_A_SECOND = 1_000_000
"""How much slower than its limit a long record may be read: extraction does several megabytes a second."""

BYTES_PASSED_A_SECOND = 5_000_000
"""The same for what lies before the first record of a stretch, which is only passed over."""

CHARACTERS_A_SECOND = 2_000
"""The same for annotation, which does twenty thousand on one core."""

TRIED_AGAIN = frozenset({RejectReason.CRASHED, RejectReason.UNREADABLE, RejectReason.PERMISSION})
"""Reasons after which the next run reads the source again."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A record that must not be touched again, because it killed or stalled the process that worked on it.

    Attributes:
        unit: position of its unit in the batch.
        record: its number in the file or member.
        phase: in which step it did so; what comes before that step is safe.
        reason: what the reject will say.
        detail: what the reject will say in words.
        ends_unit: whether nothing behind it can be read either.
    """

    unit: int
    record: int
    phase: Phase
    reason: RejectReason
    detail: str
    ends_unit: bool = False


@dataclass(frozen=True, slots=True)
class BatchSpec:
    """Everything that a worker needs to know; small enough to send to another machine."""

    batch_id: str
    units: tuple[Unit, ...]
    root: str
    model: str
    run_id: str
    ingested_at: datetime
    recipe: str  # what, besides the bytes, decides how rows come out
    limits: ReadOptions
    normalise: NormaliseOptions
    record_seconds: float = 30.0  # time limit of one step for one record, before what its length adds
    engine: str = "fast"  # what may be done to be fast; rows do not depend on it
    careful: bool = False  # annotate one document at a time, so that the one at fault has a name
    refusals: tuple[Refusal, ...] = ()

    def __str__(self) -> str:
        return f"batch {self.batch_id}"


@dataclass(slots=True)
class BatchResult:
    """What a worker tells about its batch: figures for the story of the run."""

    batch_id: str
    engine: str = ""  # what was done to be fast, in words
    documents: int = 0
    entities: int = 0
    quotes: int = 0
    words: int = 0
    annotated: int = 0  # documents in the model's language
    unresolved: int = 0  # quotes without a canonical speaker
    languages: Counter[str] = field(default_factory=Counter)  # documents by language code
    rejects: Counter[str] = field(default_factory=Counter)  # by reason
    warnings: Counter[str] = field(default_factory=Counter)  # by kind
    seconds: dict[str, float] = field(default_factory=dict)  # by stage
    speakers: Counter[str] = field(default_factory=Counter)  # quotes by canonical name
    slowest: list[tuple[float, str]] = field(default_factory=list)  # seconds of reading, unit

    @property
    def records(self) -> int:
        """Records that were read."""
        return self.documents + self.rejects.total()


def batch_id(units: Sequence[Unit], recipe: str) -> str:
    """Name of a batch by what goes into it, so that the same work found staged is not done twice."""
    digest = hashlib.blake2b(recipe.encode(), digest_size=12)
    for unit in units:
        digest.update(repr((unit.file.path, unit.member_name, unit.sha256, unit.start, unit.stop)).encode())
    return digest.hexdigest()


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
        readings = [
            reading
            for _, units in groupby(enumerate(spec.units), key=lambda item: item[1].file)
            for reading in read_file(list(units), spec, result)
        ]
    with _timed(result, "annotate"):
        annotated = _annotate(annotator, readings, spec)
    beacon.at(None)
    with _timed(result, "stage"):
        _stage(spec, readings, annotated)
    _count(result, readings, annotated)
    return result


@dataclass(slots=True)
class Reading:
    """What one unit gave.

    Attributes:
        number: position of the unit in its batch.
    """

    number: int
    unit: Unit
    documents: list[Document] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)


@lru_cache(maxsize=1)
def _annotator(model: str, engine: str) -> "Annotator":
    """One model a process, loaded by its first batch."""
    # Only here: the process that plans, waits and commits must not pay a second for spaCy.
    from transforms.annotate.engine import Annotator  # noqa: PLC0415
    from transforms.annotate.stages import EngineOptions  # noqa: PLC0415

    return Annotator(model, EngineOptions.parse(engine))


@contextmanager
def _timed(result: BatchResult, stage: str) -> Iterator[None]:
    begin = time.perf_counter()
    yield
    result.seconds[stage] = time.perf_counter() - begin


def read_file(units: list[tuple[int, Unit]], spec: BatchSpec, result: BatchResult) -> list[Reading]:
    """All units of one file from one open stream, so that an archive's directory is parsed once."""
    number, unit = units[0]
    beacon.at(_reading(number, unit, unit.start, spec))  # a file on a network can stall before it is open
    try:
        stream = open_binary(unit.file)
    except OSError as error:
        refused = _refused_by_system(0, error)
        return [Reading(number, unit, rejects=[replace(refused, source_record=unit.start)]) for number, unit in units]
    with stream:
        return [_read(number, unit, stream, spec, result) for number, unit in units]


def _read(number: int, unit: Unit, stream: BinaryIO, spec: BatchSpec, result: BatchResult) -> Reading:
    begin = time.perf_counter()
    reading = Reading(number, unit)
    provenance = Provenance(spec.run_id, spec.model, PIPELINE_VERSION, spec.ingested_at)
    refused = {refusal.record: refusal for refusal in spec.refusals if refusal.unit == number}
    for record in _records(reading, stream, spec, refused):
        outcome = record if isinstance(record, Reject) else _document(record, reading, provenance, spec, refused)
        if isinstance(outcome, Reject):
            reading.rejects.append(outcome)
        else:
            reading.documents.append(outcome)
    seconds = time.perf_counter() - begin
    result.slowest = sorted([*result.slowest, (seconds, str(unit))], reverse=True)[:SLOWEST_SHOWN]
    return reading


def _records(
    reading: Reading, stream: BinaryIO, spec: BatchSpec, refused: dict[int, Refusal]
) -> Iterator[RawRecord | Reject]:
    """The unit's records; whatever goes wrong while reading becomes the last of them, a reject."""
    unit, position = reading.unit, reading.unit.start
    try:
        for stretch in _stretches(unit, refused):
            if isinstance(stretch, Refusal):
                yield Reject(stretch.record, stretch.reason, stretch.detail)
                continue
            beacon.at(_reading(reading.number, unit, stretch[0], spec))
            stream.seek(0)
            content = open_member(stream, unit.member, spec.limits) if unit.member else stream
            for record in read_unit(content, unit.member_name or unit.file.path, spec.limits, *stretch):
                position = record.source_record + 1
                yield record
                beacon.at(_reading(reading.number, unit, position, spec))
    except MemberError as error:
        yield Reject(position, error.reason, error.detail)
    except OSError as error:
        yield _refused_by_system(position, error)
    except Exception as error:  # noqa: BLE001  one article must never end a run; the reason is kept in `rejects`
        yield Reject(position, RejectReason.CRASHED, f"{type(error).__name__}: {error}")


def _stretches(unit: Unit, refused: dict[int, Refusal]) -> Iterator[tuple[int, int | None] | Refusal]:
    """The ranges of records to read, and between them the refusals of those that must not be read again."""
    start = unit.start
    for record, refusal in sorted(refused.items()):
        if refusal.phase is Phase.READING:
            if record > start:
                yield start, record
            yield refusal
            start = record + 1
            if refusal.ends_unit:
                return
    end = unit.stop if unit.stop is not None else unit.start + unit.records if unit.records else None
    if end is None or start < end:
        yield start, unit.stop


def _reading(number: int, unit: Unit, record: int, spec: BatchSpec) -> Beacon:
    """The beacon before a record is read. Its length is not known yet: that of its file, under the cap, bounds it."""
    seconds = spec.record_seconds + min(unit.size, spec.limits.max_record_bytes) / BYTES_A_SECOND
    if record == unit.start:
        seconds += unit.size / BYTES_PASSED_A_SECOND
    return Beacon(number, record, Phase.READING, seconds)


def _refused_by_system(position: int, error: OSError) -> Reject:
    reason = RejectReason.PERMISSION if isinstance(error, PermissionError) else RejectReason.UNREADABLE
    return Reject(position, reason, error.strerror or str(error))


def _document(
    record: RawRecord, reading: Reading, provenance: Provenance, spec: BatchSpec, refused: dict[int, Refusal]
) -> Document | Reject:
    if (refusal := refused.get(record.source_record)) is not None:
        return Reject(record.source_record, refusal.reason, refusal.detail, record.body[:EXCERPT_CHARACTERS])
    unit = reading.unit
    seconds = spec.record_seconds + len(record.body) / CHARACTERS_A_SECOND
    beacon.at(Beacon(reading.number, record.source_record, Phase.NORMALISING, seconds))
    origin = Origin(unit.file.path, unit.member_name, unit.sha256, record.source_record)
    try:
        return build_document(record, origin, provenance, spec.normalise)
    except Exception as error:  # noqa: BLE001  as above
        return _crashed(record.source_record, error, record.body)


def _annotate(annotator: "Annotator", readings: list[Reading], spec: BatchSpec) -> list[Annotated]:
    """Annotate many together; if that raises, one by one, so that only the record at fault is refused."""
    waiting = [(reading, document) for reading in readings for document in reading.documents]
    annotated: list[Annotated] = []
    together = 1 if spec.careful else ANNOTATED_TOGETHER
    for first in range(0, len(waiting), together):
        some = waiting[first : first + together]
        beacon.at(_annotating(some, spec))
        try:
            annotated += annotator.annotate([document for _, document in some])
        except Exception:  # noqa: BLE001  the record at fault is found and named here
            annotated += _annotate_singly(annotator, some, spec)
    return annotated


def _annotate_singly(
    annotator: "Annotator", some: list[tuple[Reading, Document]], spec: BatchSpec
) -> Iterator[Annotated]:
    for reading, document in some:
        beacon.at(_annotating([(reading, document)], spec))
        try:
            yield from annotator.annotate([document])
        except Exception as error:  # noqa: BLE001  kept in `rejects`
            reading.documents.remove(document)
            reading.rejects.append(_crashed(document.source_record, error, document.text))


def _annotating(some: list[tuple[Reading, Document]], spec: BatchSpec) -> Beacon:
    seconds = spec.record_seconds + sum(len(document.text) for _, document in some) / CHARACTERS_A_SECOND
    reading, document = some[0]
    return Beacon(reading.number, document.source_record if len(some) == 1 else None, Phase.ANNOTATING, seconds)


def _crashed(source_record: int, error: Exception, text: str) -> Reject:
    detail = f"{type(error).__name__}: {error}"
    return Reject(source_record, RejectReason.CRASHED, detail, text[:EXCERPT_CHARACTERS])


def _stage(spec: BatchSpec, readings: list[Reading], annotated: list[Annotated]) -> None:
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
        "documents": to_arrow("documents", [item.document for item in annotated]),
        "entities": to_arrow("entities", [row for item in annotated for row in item.entities]),
        "quotes": to_arrow("quotes", [row for item in annotated for row in item.quotes]),
        "rejects": to_arrow("rejects", rejects),
        "sources": source_parts(sources),
        "signatures": to_arrow("signatures", [_signature(item.document) for item in annotated]),
    }
    records = sum(row.record_count for row in sources)
    StagingArea(spec.root).write(spec.batch_id, tables, facts_of(spec.recipe, records))


def facts_of(recipe: str, records: int) -> dict[str, object]:
    """What a staged batch says about itself, for runs that find it."""
    return {"recipe": recipe, "pipeline_version": PIPELINE_VERSION, "records": records}


def _signature(document: Document) -> Signature:
    skipped = [(span.start, span.end) for span in document.marked_spans if span.kind in NOT_WORDING]
    return sign(document.document_id, document.text, skipped)


def _status(reading: Reading) -> SourceStatus | None:
    """What may go better next time must not be called done: our own defects, a disk or a network that failed.

    A record that kills or stalls its process is done: each run would lose a process to it again.
    """
    again = any(reject.reason in TRIED_AGAIN for reject in reading.rejects)
    return SourceStatus.PARTIAL if again else None


def _count(result: BatchResult, readings: list[Reading], annotated: list[Annotated]) -> None:
    result.documents = len(annotated)
    result.entities = sum(len(item.entities) for item in annotated)
    result.quotes = sum(len(item.quotes) for item in annotated)
    result.words = sum(item.document.word_count for item in annotated if item.document.model)
    result.annotated = sum(1 for item in annotated if item.document.model)
    result.languages.update(item.document.language or "unknown" for item in annotated)
    names = [row.speaker_canonical for item in annotated for row in item.quotes]
    result.speakers.update(name for name in names if name)
    result.unresolved = sum(1 for name in names if not name)
    result.rejects.update(reject.reason.value for item in readings for reject in item.rejects)
    result.warnings.update(text.split(":")[0] for item in annotated for text in item.document.warnings)
