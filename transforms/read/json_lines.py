"""JSON Lines: one article a line, streamed. A bad line is one Reject; the others go on.

A record's number is that of its line, from 0. Blank lines count as lines and give nothing.
"""

from collections.abc import Iterator

from transforms.normalise.decode import BYTE_ORDER_MARKS
from transforms.read.errors import StreamError
from transforms.read.formats import Confidence, Format
from transforms.read.json_articles import sniff as sniff_json
from transforms.read.json_record import to_record
from transforms.read.json_values import parse_json
from transforms.read.options import ReadOptions
from transforms.read.sniffing import text_of_head
from transforms.read.streams import HEAD_BYTES, Unit
from transforms.records import RawRecord, Reject, RejectReason

_EXCERPT = 200


def sniff(head: bytes) -> Confidence:
    """Sure when the first line is a whole object and the next line begins one."""
    if sniff_json(head) is not Confidence.PLAUSIBLE:
        return Confidence.NO
    first, _, rest = text_of_head(head, HEAD_BYTES).partition("\n")
    two_objects = first.rstrip().endswith("}") and rest.lstrip().startswith("{")
    return Confidence.SURE if two_objects else Confidence.PLAUSIBLE


def read(unit: Unit, options: ReadOptions, start: int) -> Iterator[RawRecord | Reject]:
    """The articles of the lines from ``start`` on."""
    seen = False
    for number, line in enumerate(unit.lines(options.max_record_bytes)):
        blank = isinstance(line, bytes) and not _without_mark(line, number).strip()
        seen = seen or not blank
        if number >= start and not blank:
            yield _read_line(line, number, options)
    if not seen:
        yield Reject(0, RejectReason.EMPTY, "no line with anything on it")


def count(unit: Unit, options: ReadOptions) -> int:
    """The lines, at least one; the broken end of a damaged stream counts as a line."""
    return max(1, sum(1 for _ in unit.lines(options.max_record_bytes)))


def _read_line(line: bytes | StreamError, number: int, options: ReadOptions) -> RawRecord | Reject:
    if isinstance(line, StreamError):
        return Reject(number, line.reason, f"line {number + 1}: {line.detail}")
    raw = _without_mark(line, number).strip()
    try:
        parsed = parse_json(raw)
    except StreamError as error:
        return Reject(
            number, error.reason, f"line {number + 1}: {error.detail}", raw[:_EXCERPT].decode("utf-8", "replace")
        )
    return to_record(
        parsed.value,
        number=number,
        source_format=FORMAT.name,
        raw=raw,
        encoding=parsed.encoding,
        warnings=parsed.warnings,
        mapping=options.fields,
    )


def _without_mark(line: bytes, number: int) -> bytes:
    if number == 0:
        for mark in BYTE_ORDER_MARKS:
            line = line.removeprefix(mark)
    return line


FORMAT = Format("jsonl", ("application/jsonl", "application/x-ndjson"), (".jsonl", ".ndjson"), sniff, read, count)
