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
from operator import attrgetter
from typing import BinaryIO

from flows.unit import Unit, reject_row, source_row
from transforms.annotate.engine import Annotator
from transforms.near_duplicates import Signature, sign
from transforms.normalise import NormaliseOptions, build_document
from transforms.read import ReadOptions, read_unit
from transforms.read.archives import MemberError, open_member
from transforms.records import Annotated, Document, MarkedKind, Origin, Provenance, RawRecord, Reject, RejectReason
from transforms.version import PIPELINE_VERSION
from warehouse.landing import LandingFile, open_binary
from warehouse.ledger import SourceStatus, source_parts
from warehouse.staging import StagingArea
from warehouse.tables import to_arrow

EXCERPT_CHARACTERS = 200
SLOWEST_SHOWN = 5
NOT_WORDING = frozenset({MarkedKind.BOILERPLATE, MarkedKind.WIRE_CREDIT})
"""What unrelated articles of one outlet share."""


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

    def __str__(self) -> str:
        return f"batch {self.batch_id}"


@dataclass(slots=True)
class BatchResult:
    """What a worker tells about its batch: figures for the story of the run."""

    batch_id: str
    documents: int = 0
    entities: int = 0
    quotes: int = 0
    words: int = 0
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
        annotator = _annotator(spec.model)
    with _timed(result, "read"):
        readings = [
            reading
            for file, units in groupby(spec.units, key=attrgetter("file"))
            for reading in read_file(file, list(units), spec, result)
        ]
    with _timed(result, "annotate"):
        annotated = _annotate(annotator, readings)
    with _timed(result, "stage"):
        _stage(spec, readings, annotated)
    _count(result, readings, annotated)
    return result


@dataclass(slots=True)
class Reading:
    """What one unit gave."""

    unit: Unit
    documents: list[Document] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)


@lru_cache(maxsize=1)
def _annotator(model: str) -> Annotator:
    """One model a process, loaded by its first batch."""
    return Annotator(model)


@contextmanager
def _timed(result: BatchResult, stage: str) -> Iterator[None]:
    begin = time.perf_counter()
    yield
    result.seconds[stage] = time.perf_counter() - begin


def read_file(file: LandingFile, units: list[Unit], spec: BatchSpec, result: BatchResult) -> list[Reading]:
    """All units of one file from one open stream, so that an archive's directory is parsed once."""
    try:
        stream = open_binary(file)
    except OSError as error:
        refused = _refused_by_system(0, error)
        return [Reading(unit, rejects=[replace(refused, source_record=unit.start)]) for unit in units]
    with stream:
        return [_read(unit, stream, spec, result) for unit in units]


def _read(unit: Unit, stream: BinaryIO, spec: BatchSpec, result: BatchResult) -> Reading:
    begin = time.perf_counter()
    reading = Reading(unit)
    provenance = Provenance(spec.run_id, spec.model, PIPELINE_VERSION, spec.ingested_at)
    for record in _records(unit, stream, spec.limits):
        outcome = record if isinstance(record, Reject) else _document(record, unit, provenance, spec.normalise)
        if isinstance(outcome, Reject):
            reading.rejects.append(outcome)
        else:
            reading.documents.append(outcome)
    seconds = time.perf_counter() - begin
    result.slowest = sorted([*result.slowest, (seconds, str(unit))], reverse=True)[:SLOWEST_SHOWN]
    return reading


def _records(unit: Unit, stream: BinaryIO, limits: ReadOptions) -> Iterator[RawRecord | Reject]:
    """The unit's records; whatever goes wrong while reading becomes the last of them, a reject."""
    position = unit.start
    stream.seek(0)
    try:
        content = open_member(stream, unit.member, limits) if unit.member else stream
        for record in read_unit(content, unit.member_name or unit.file.path, limits, unit.start, unit.stop):
            position = record.source_record + 1
            yield record
    except MemberError as error:
        yield Reject(position, error.reason, error.detail)
    except OSError as error:
        yield _refused_by_system(position, error)
    except Exception as error:  # noqa: BLE001  one article must never end a run; the reason is kept in `rejects`
        yield Reject(position, RejectReason.CRASHED, f"{type(error).__name__}: {error}")


def _refused_by_system(position: int, error: OSError) -> Reject:
    reason = RejectReason.PERMISSION if isinstance(error, PermissionError) else RejectReason.UNREADABLE
    return Reject(position, reason, error.strerror or str(error))


def _document(record: RawRecord, unit: Unit, provenance: Provenance, options: NormaliseOptions) -> Document | Reject:
    origin = Origin(unit.file.path, unit.member_name, unit.sha256, record.source_record)
    try:
        return build_document(record, origin, provenance, options)
    except Exception as error:  # noqa: BLE001  as above
        return _crashed(record.source_record, error, record.body)


def _annotate(annotator: Annotator, readings: list[Reading]) -> list[Annotated]:
    """Annotate all together; if that raises, one by one, so that only the record at fault is refused."""
    try:
        return annotator.annotate([document for reading in readings for document in reading.documents])
    except Exception:  # noqa: BLE001  the record at fault is found and named here
        return [item for reading in readings for item in _annotate_singly(annotator, reading)]


def _annotate_singly(annotator: Annotator, reading: Reading) -> Iterator[Annotated]:
    for document in list(reading.documents):
        try:
            yield from annotator.annotate([document])
        except Exception as error:  # noqa: BLE001  kept in `rejects`
            reading.documents.remove(document)
            reading.rejects.append(_crashed(document.source_record, error, document.text))


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
    StagingArea(spec.root).write(spec.batch_id, tables, {"recipe": spec.recipe})


def _signature(document: Document) -> Signature:
    skipped = [(span.start, span.end) for span in document.marked_spans if span.kind in NOT_WORDING]
    return sign(document.document_id, document.text, skipped)


def _status(reading: Reading) -> SourceStatus | None:
    """A crash may be a defect of ours that the next version mends, so the ledger must not call the source done."""
    crashed = any(reject.reason is RejectReason.CRASHED for reject in reading.rejects)
    return SourceStatus.PARTIAL if crashed else None


def _count(result: BatchResult, readings: list[Reading], annotated: list[Annotated]) -> None:
    result.documents = len(annotated)
    result.entities = sum(len(item.entities) for item in annotated)
    result.quotes = sum(len(item.quotes) for item in annotated)
    result.words = sum(item.document.word_count for item in annotated if item.document.model)
    names = (row.speaker_canonical for item in annotated for row in item.quotes)
    result.speakers.update(name for name in names if name)
    result.rejects.update(reject.reason.value for item in readings for reject in item.rejects)
    result.warnings.update(text.split(":")[0] for item in annotated for text in item.document.warnings)
