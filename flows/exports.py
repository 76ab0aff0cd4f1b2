"""Rows of a table as one file for other programs: CSV, JSON lines, Parquet; piece by piece, whatever their number."""

import json
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from transforms.display.visible import visible_json
from warehouse.disk import ZSTD_LEVEL

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""Excel takes a CSV file for one in the local code page without it; pandas, Polars and DuckDB pass over it."""

GUARD = "'"
"""What a spreadsheet takes as "this is text" and does not show."""

_OBEYED = r"""^(?:['\t\r\n]|["'`\s\pZ\pC]*[=+\-@＝＋－＠])"""
"""Beginnings of cells that spreadsheets calculate, or that they might once marks and spaces before them are dropped
(OWASP, "CSV Injection"); and of those that begin with the guard itself, so that taking one guard off undoes it.
"""


class Form(StrEnum):
    """The kinds of files."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"


class Writer(Protocol):
    """Takes pieces of a table."""

    def write(self, piece: pa.Table) -> None:
        """Append rows."""

    def close(self) -> None:
        """Write what ends the file."""


def export(pieces: Iterable[pa.RecordBatch], schema: pa.Schema, target: Path, form: Form) -> int:
    """Write rows to a file and tell how many they were.

    Args:
        pieces: the rows, in order.
        schema: of the pieces; partition columns, which are dictionaries, are written as strings.
        target: where to.
        form: how.
    """
    plain = pa.schema([_plain(field) for field in schema], metadata=schema.metadata)
    count = 0
    with target.open("wb") as file:
        writer = _WRITERS[form](file, plain)
        for batch in pieces:
            writer.write(pa.Table.from_batches([batch]).cast(plain))
            count += batch.num_rows
        writer.close()
    return count


def _plain(field: pa.Field) -> pa.Field:
    return field.with_type(field.type.value_type) if pa.types.is_dictionary(field.type) else field


class CsvWriter:
    """CSV (RFC 4180 but for its line ends, which are LF), UTF-8 with a byte order mark.

    Words stand in quotation marks, so that an absent value (nothing) differs from an empty one. Days are
    ``2024-12-26``, moments ISO 8601 in UTC, lists JSON. No cell is calculated by a spreadsheet: see :func:`guarded`.
    """

    def __init__(self, file: BinaryIO, schema: pa.Schema) -> None:
        file.write(BYTE_ORDER_MARK)
        written = _for_csv(schema.empty_table()).schema
        self._writer = pa_csv.CSVWriter(file, written, write_options=pa_csv.WriteOptions(quoting_style="needed"))

    def write(self, piece: pa.Table) -> None:
        """Append rows."""
        self._writer.write(_for_csv(piece))

    def close(self) -> None:
        """Write what is left."""
        self._writer.close()


class JsonLinesWriter:
    """One JSON object a row, as ``--json`` prints them."""

    def __init__(self, file: BinaryIO, _schema: pa.Schema) -> None:
        self._file = file

    def write(self, piece: pa.Table) -> None:
        """Append rows."""
        if piece.num_rows:  # pandas would write an empty line, which is no JSON
            lines = piece.to_pandas().to_json(orient="records", lines=True, date_format="iso", force_ascii=False)
            self._file.write(visible_json(lines).encode())

    def close(self) -> None:
        """Nothing ends such a file."""


class ParquetWriter:
    """Parquet with the types and descriptions of the warehouse's columns."""

    def __init__(self, file: BinaryIO, schema: pa.Schema) -> None:
        self._writer = pq.ParquetWriter(file, schema, compression="zstd", compression_level=ZSTD_LEVEL)

    def write(self, piece: pa.Table) -> None:
        """Append rows."""
        self._writer.write_table(piece)

    def close(self) -> None:
        """Write the footer."""
        self._writer.close()


_WRITERS: dict[Form, type[CsvWriter | JsonLinesWriter | ParquetWriter]] = {
    Form.CSV: CsvWriter,
    Form.JSONL: JsonLinesWriter,
    Form.PARQUET: ParquetWriter,
}


def _for_csv(piece: pa.Table) -> pa.Table:
    columns = {name: _column(piece.column(name)) for name in piece.column_names}
    return pa.table(columns)


def _column(values: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = values.type
    if pa.types.is_list(kind):
        return guarded(pa.chunked_array([pa.array(map(_json, values.to_pylist()), pa.string())]))
    if pa.types.is_timestamp(kind):
        return pc.strftime(values, "%Y-%m-%dT%H:%M:%SZ") if kind.tz else values.cast(pa.date32())
    return guarded(values) if pa.types.is_string(kind) else values


def _json(value: list[object] | None) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)


def guarded(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """Text with :data:`GUARD` before what a spreadsheet would calculate, and before what begins with it.

    To undo it, take one guard off each text that begins with one.
    """
    return pc.if_else(pc.match_substring_regex(cells, _OBEYED), pc.binary_join_element_wise(GUARD, cells, ""), cells)
