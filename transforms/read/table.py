"""CSV and its kin: a header line, then one article a row, streamed; texts in quotes may go on over many lines.

The standard library's parser is fed line by line, so that memory is bounded by one row, and so that a quoted field
which never closes is noticed, refused alone, and the lines behind it are read as rows again.
"""

import csv
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from itertools import zip_longest

from transforms.normalise.decode import BYTE_ORDER_MARKS, decode
from transforms.normalise.rules import load_rules
from transforms.read.errors import StreamError
from transforms.read.formats import Confidence, Format
from transforms.read.json_record import Fields, to_record
from transforms.read.json_values import JsonValue, canonical_bytes
from transforms.read.options import ReadOptions
from transforms.read.sniffing import text_of_head
from transforms.read.streams import HEAD_BYTES, Unit
from transforms.records import RawRecord, Reject, RejectReason

_DELIMITERS = ",\t;|"
_EXCEL = re.compile(r"sep=(.)\s*$")  # Excel's own first line, which names the delimiter
_EXCERPT = 200
_LINE_SEPARATOR = "\u2028"
# After so many quotes that never close, the file has no rows that could be told apart. Each costs a second reading
# of up to one record.
_MAX_UNCLOSED = 20
_MAX_NAME = 100  # no column has a longer name: a line of prose with commas is no header


@dataclass(frozen=True, slots=True)
class _Header:
    names: tuple[str, ...]
    delimiter: str
    lines: int  # before the first row


@dataclass(frozen=True, slots=True)
class _Row:
    """A row or why there is none; ``line`` is the number of its first line in the file, from 1."""

    line: int
    cells: list[str]
    encoding: str = "utf-8"
    error: StreamError | None = None
    text: str = ""


def sniff(head: bytes) -> Confidence:
    """Plausible when the first line names columns, two of them known and one for texts, and the next has as many."""
    lines = text_of_head(head, HEAD_BYTES).splitlines()
    header = _header_of(lines, ReadOptions())
    if header is None or len(lines) <= header.lines:
        return Confidence.NO
    known = sum(Fields({name: ""}).has(field) for name in header.names for field in load_rules("read_fields")["fields"])
    first = lines[header.lines]
    whole = first.count(header.delimiter) >= len(header.names) - 1 or '"' in first
    return Confidence.PLAUSIBLE if known > 1 and whole else Confidence.NO


def read(unit: Unit, options: ReadOptions, start: int) -> Iterator[RawRecord | Reject]:
    """The articles of the rows from ``start`` on. Raises StreamError where no column can be the text."""
    header, rows = _open(unit, options)
    number = -1
    for number, row in enumerate(rows):
        if number >= start:
            yield _record(row, header, number, options)
    if number < 0:
        yield Reject(0, RejectReason.EMPTY, "a header and no row")


def count(unit: Unit, options: ReadOptions) -> int:
    """The rows, at least one. Raises StreamError."""
    return max(1, sum(1 for _ in _open(unit, options)[1]))


def _open(unit: Unit, options: ReadOptions) -> tuple[_Header, Iterator[_Row]]:
    lines = _Lines(unit, options)
    first = [line for _ in range(2) if (line := lines.take()) is not None]
    if not any(line.strip() for line in first):
        raise lines.error or StreamError(RejectReason.EMPTY, "nothing but white space" if first else "no bytes")
    header = _header_of(first, options)
    if header is None:
        names = ", ".join(first[0].split(",")[:20])[:_EXCERPT]
        raise StreamError(RejectReason.NO_TEXT_FIELD, f"no column is known to hold the text; first line: {names}")
    lines.put_back(first[header.lines :])
    return header, _rows(lines, header, options)


def _header_of(lines: list[str], options: ReadOptions) -> _Header | None:
    """The header with the delimiter that makes a column of texts of it, and the most columns."""
    skipped, delimiters = 0, _DELIMITERS
    if lines and (match := _EXCEL.match(lines[0])):
        skipped, delimiters = 1, match[1]
    if len(lines) <= skipped:
        return None
    line = lines[skipped].lstrip("\ufeff")
    found = []
    for delimiter in delimiters:
        names = tuple(name.strip() for name in next(csv.reader([line], delimiter=delimiter), []))
        if any(len(name) > _MAX_NAME for name in names):
            continue
        if Fields(dict.fromkeys(names), options.fields).has("body"):
            found.append(_Header(names, delimiter, skipped + 1))
    return max(found, key=lambda header: len(header.names), default=None)


class _Lines:
    """The decoded lines of a table, with a way to put some back."""

    def __init__(self, unit: Unit, options: ReadOptions) -> None:
        self._lines = unit.lines(options.max_record_bytes)
        self._waiting: list[str] = []
        self.number = 0  # of the line that was taken last, from 1
        self.encoding = "utf-8"
        self.error: StreamError | None = None

    def take(self) -> str | None:
        """The next line without its end; None at the end of the file and before a line that cannot be read."""
        if self._waiting:
            self.number += 1
            return self._waiting.pop()
        if self.error is not None:
            return None
        line = next(self._lines, None)
        if line is None:
            return None
        self.number += 1
        if isinstance(line, StreamError):
            self.error = line
            return None
        return self._decoded(line)

    def put_back(self, lines: list[str]) -> None:
        """Give the same lines again."""
        self.number -= len(lines)
        self._waiting += reversed(lines)

    def _decoded(self, line: bytes) -> str | None:
        if self.number == 1:
            for mark in BYTE_ORDER_MARKS:
                line = line.removeprefix(mark)
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            decoded = decode(line)
            if decoded is None:
                self.error = StreamError(RejectReason.BINARY, "the bytes are not text")
                return None
            text, self.encoding = decoded.text, decoded.encoding
        # The parser refuses a carriage return in the middle of a line, outside of quotes, as an error of its caller.
        return text.replace("\r", _LINE_SEPARATOR).replace("\n", _LINE_SEPARATOR)


class _RowReader:
    """Feeds the standard parser with the lines of one row at a time."""

    def __init__(self, lines: _Lines, delimiter: str, cap: int) -> None:
        self.lines = lines
        self.row: list[str] = []  # the lines that the parser has taken for the row under way
        self.unfinished = False
        self._cap = cap
        self._size = 0
        # The library's own cap is a setting of the process; ours counts the row, before the library joins it.
        csv.field_size_limit(max(csv.field_size_limit(), cap + 2))
        self._parser = csv.reader(self, delimiter=delimiter)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self._size > self._cap:
            self.unfinished = True
            raise StopIteration
        line = self.lines.take()
        if line is None:
            self.unfinished = bool(self.row)
            raise StopIteration
        self.row.append(line)
        self._size += len(line)
        return line + "\n"

    def next_row(self) -> list[str] | None:
        """The cells of the next row; None at the end. Where a quote does not close, ``unfinished`` is set."""
        self.row, self._size, self.unfinished = [], 0, False
        try:
            return next(self._parser, None)
        except csv.Error:  # only for what the cap above lets through
            self.unfinished = True
            return None


def _rows(lines: _Lines, header: _Header, options: ReadOptions) -> Iterator[_Row]:
    """All rows; in place of a line that cannot be read its error, and then on with the next."""
    while (yield from _rows_up_to_error(lines, header, options)) and lines.error is not None:
        error = StreamError(lines.error.reason, f"line {lines.number}: {lines.error.detail}")
        yield _Row(lines.number, [], error=error)
        lines.error = None


def _rows_up_to_error(lines: _Lines, header: _Header, options: ReadOptions) -> Generator[_Row, None, bool]:
    """The rows before the end or the next line that cannot be read; returns whether reading on makes sense."""
    unclosed = 0
    reader = _RowReader(lines, header.delimiter, options.max_record_bytes)
    while True:
        first_line = lines.number + 1
        cells = reader.next_row()
        if reader.unfinished:
            taken = reader.row
            lines.put_back(taken[1:])
            yield _without_quotes(taken[0], first_line, header, len(taken), lines.encoding)
            unclosed += 1
            if unclosed > _MAX_UNCLOSED:
                detail = f"line {lines.number + 1}: too many quoted fields never close"
                yield _Row(lines.number + 1, [], error=StreamError(RejectReason.BAD_TABLE, detail))
                return False
            reader = _RowReader(lines, header.delimiter, options.max_record_bytes)
        elif cells is None:
            return True
        elif any(cell.strip() for cell in cells):
            yield from _split(cells, reader.row, first_line, header, lines.encoding)


def _without_quotes(line: str, number: int, header: _Header, taken: int, encoding: str) -> _Row:
    """The row of a line whose quote never closes, if the line is a whole row once its quotes are only characters."""
    cells = _plain_cells(line, header)
    if len(cells) == len(header.names):
        return _Row(number, cells, encoding)
    detail = f"line {number}: a quoted field does not close in the {taken} lines from here"
    return _Row(number, [], error=StreamError(RejectReason.BAD_TABLE, detail), text=line)


def _split(cells: list[str], lines: list[str], number: int, header: _Header, encoding: str) -> Iterator[_Row]:
    """One row; in a file of tabs that knows no quoting, lines that two stray quotes had joined are rows each.

    A text that really goes on over lines has hardly ever as many tabs in each of them as the header.
    """
    if header.delimiter == "\t" and len(lines) > 1:
        rows = [_plain_cells(line, header) for line in lines]
        if all(len(row) == len(header.names) for row in rows):
            yield from (_Row(number + offset, row, encoding) for offset, row in enumerate(rows))
            return
    yield _Row(number, cells, encoding, text=lines[0] if lines else "")


def _plain_cells(line: str, header: _Header) -> list[str]:
    return line.split(header.delimiter)


def _record(row: _Row, header: _Header, number: int, options: ReadOptions) -> RawRecord | Reject:
    if row.error is not None:
        return Reject(number, row.error.reason, row.error.detail, row.text[:_EXCERPT])
    names = header.names
    if len(row.cells) > len(names) and any(cell.strip() for cell in row.cells[len(names) :]):
        detail = f"line {row.line}: {len(row.cells)} fields under {len(names)} columns"
        return Reject(number, RejectReason.BAD_TABLE, detail, row.text[:_EXCERPT])
    # Some writers leave out empty cells at the end of a row.
    value: dict[str, JsonValue] = dict(zip_longest(names, row.cells[: len(names)], fillvalue=""))
    return to_record(
        value,
        number=number,
        source_format=FORMAT.name,
        raw=canonical_bytes(value),
        encoding=row.encoding,
        warnings=(),
        mapping=options.fields,
    )


FORMAT = Format("csv", ("text/csv", "text/tab-separated-values"), (".csv", ".tsv", ".tab", ".psv"), sniff, read, count)
