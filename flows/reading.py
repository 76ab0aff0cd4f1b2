"""The records of a batch's units, read and made into documents. Whatever goes wrong with one becomes a reject."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any, BinaryIO, Generic, TypeVar

from flows import beacon
from flows.beacon import Beacon, Phase
from flows.spec import BatchSpec, Refusal
from flows.unit import Unit
from transforms.read import read_unit
from transforms.read.archives import MemberError, open_member
from transforms.records import Origin, RawRecord, Reject, RejectReason
from warehouse.landing import open_binary

EXCERPT_CHARACTERS = 200

BYTES_A_SECOND = 1_000_000
"""How much slower than its limit a long record may be read: extraction does several megabytes a second."""

BYTES_PASSED_A_SECOND = 5_000_000
"""The same for what lies before the first record of a stretch, which is only passed over."""

CHARACTERS_A_SECOND = 2_000
"""The same for annotation, which does twenty thousand on one core."""

_Made = TypeVar("_Made")

Build = Callable[[RawRecord, Origin], _Made | Reject]
"""Makes a document, or whatever is wanted, of a record."""


@dataclass(slots=True)
class Reading(Generic[_Made]):
    """What one unit gave.

    Attributes:
        number: position of the unit in its batch.
        seconds: of reading it.
    """

    number: int
    unit: Unit
    documents: list[_Made] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    seconds: float = 0.0


def read_units(units: Sequence[Unit], spec: BatchSpec, build: Build[_Made]) -> Iterator[Reading[_Made]]:
    """Read units, each file once, and make documents of their records."""
    for _, same in groupby(enumerate(units), key=lambda item: item[1].file):
        yield from read_file(list(same), spec, build)


def read_file(units: list[tuple[int, Unit]], spec: BatchSpec, build: Build[_Made]) -> list[Reading[_Made]]:
    """All units of one file from one open stream, so that an archive's directory is parsed once."""
    number, unit = units[0]
    beacon.at(_reading(number, unit, unit.start, spec))  # a file on a network can stall before it is open
    try:
        stream = open_binary(unit.file)
    except OSError as error:
        refused = _refused_by_system(0, error)
        return [Reading(number, unit, rejects=[replace(refused, source_record=unit.start)]) for number, unit in units]
    with stream:
        return [_read(number, unit, stream, spec, build) for number, unit in units]


def _read(number: int, unit: Unit, stream: BinaryIO, spec: BatchSpec, build: Build[_Made]) -> Reading[_Made]:
    begin = time.perf_counter()
    reading: Reading[_Made] = Reading(number, unit)
    refused = {refusal.record: refusal for refusal in spec.refusals if refusal.unit == number}
    for record in _records(reading, stream, spec, refused):
        outcome: _Made | Reject = (
            record if isinstance(record, Reject) else _document(record, reading, spec, refused, build)
        )
        if isinstance(outcome, Reject):
            reading.rejects.append(outcome)
        else:
            reading.documents.append(outcome)
    reading.seconds = time.perf_counter() - begin
    return reading


def _records(
    reading: Reading[_Made], stream: BinaryIO, spec: BatchSpec, refused: dict[int, Refusal]
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
    record: RawRecord, reading: Reading[Any], spec: BatchSpec, refused: dict[int, Refusal], build: Build[_Made]
) -> _Made | Reject:
    if (refusal := refused.get(record.source_record)) is not None:
        return Reject(record.source_record, refusal.reason, refusal.detail, record.body[:EXCERPT_CHARACTERS])
    unit = reading.unit
    seconds = spec.record_seconds + len(record.body) / CHARACTERS_A_SECOND
    beacon.at(Beacon(reading.number, record.source_record, Phase.NORMALISING, seconds))
    origin = Origin(unit.file.path, unit.member_name, unit.sha256, record.source_record)
    try:
        return build(record, origin)
    except Exception as error:  # noqa: BLE001  as above
        return crashed(record.source_record, error, record.body)


def crashed(source_record: int, error: Exception, text: str) -> Reject:
    """The reject of a record on which our own code failed."""
    detail = f"{type(error).__name__}: {error}"
    return Reject(source_record, RejectReason.CRASHED, detail, text[:EXCERPT_CHARACTERS])
