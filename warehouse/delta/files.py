"""The files of a snapshot as files of a Delta table: their names, statistics, and the one type that Delta lacks."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse import disk, inventory
from warehouse.columns import Table
from warehouse.layout import MONTH_KEY
from warehouse.snapshots import Snapshot

LONGEST_BOUND = 64
"""Longer strings say little about which files to skip, and would make the log long."""


@dataclass(frozen=True)
class PublishedFile:
    """A file of a snapshot and what a Delta table calls it.

    Attributes:
        source: where it lies in the warehouse.
        path: below the Delta table. It has a part of the hash of the bytes, so that one path never means two contents.
        month: its partition; None in tables without partitions.
        rows: how many it has.
    """

    source: Path
    path: str
    month: str | None
    rows: int


def delta_schema(table: Table) -> pa.Schema:
    """The columns as Delta has them: microseconds are its finest time; the partition is a column."""
    fields = [field.with_type(_coarser(field.type)) for field in table.schema()]
    if table.partitioned:
        fields.append(pa.field(MONTH_KEY, pa.string(), metadata={"description": "The partition."}))
    return pa.schema(fields)


def _coarser(kind: pa.DataType) -> pa.DataType:
    return pa.timestamp("us", kind.tz) if pa.types.is_timestamp(kind) else kind


def needs_conversion(table: Table) -> bool:
    """Whether a table has nanoseconds, so that its files cannot go out as they are."""
    return any(pa.types.is_timestamp(field.type) and field.type.unit == "ns" for field in table.schema())


def files_of(snapshot: Snapshot, table: Table) -> Iterator[PublishedFile]:
    """The files with rows. Which have none is known from their footers."""
    listed = inventory.read(snapshot.path) or {}
    for source in snapshot.files(table):
        rows = pq.read_metadata(source).num_rows
        if not rows:
            continue
        facts = listed.get(source.relative_to(snapshot.path).as_posix()) or inventory.hash_file(source)
        month = source.parent.name.partition("=")[2] if table.partitioned else None
        kind = "-us" if needs_conversion(table) else ""
        name = f"{source.stem}-{facts.blake2b[:16]}{kind}.parquet"
        yield PublishedFile(source, f"{source.parent.name}/{name}" if month is not None else name, month, rows)


def converted(table: Table, source: Path, target: Path) -> None:
    """Write a file with Delta's types; digits below a microsecond are cut off."""
    schema = delta_schema(table)
    with (
        pq.ParquetFile(source) as old,
        pq.ParquetWriter(target, schema, compression="zstd", compression_level=disk.ZSTD_LEVEL) as new,
    ):
        for group in range(old.num_row_groups):
            new.write_table(old.read_row_group(group).cast(schema, safe=False))


def statistics(file: Path) -> str:
    """What a Delta log says about a file, as JSON: rows, and bounds and nulls of each plain column."""
    facts = pq.read_metadata(file)
    lows: dict[str, Any] = {}
    highs: dict[str, Any] = {}
    nulls: dict[str, int] = {}
    schema = facts.schema.to_arrow_schema()
    for position in range(facts.num_columns):
        name = facts.schema.column(position).path
        if name not in schema.names or pa.types.is_nested(schema.field(name).type):
            continue
        columns = [facts.row_group(group).column(position).statistics for group in range(facts.num_row_groups)]
        if any(column is None or not column.has_null_count for column in columns):
            continue
        nulls[name] = sum(column.null_count for column in columns)
        bounds = _bounds(columns)
        if bounds is not None:
            lows[name], highs[name] = bounds
    return json.dumps({"numRecords": facts.num_rows, "minValues": lows, "maxValues": highs, "nullCount": nulls})


def _bounds(columns: list[Any]) -> tuple[Any, Any] | None:
    known = [column for column in columns if column.has_min_max]
    if not known or any(not column.has_min_max and column.num_values for column in columns):
        return None
    low, high = _value(min(column.min for column in known)), _value(max(column.max for column in known))
    return None if low is None or high is None else (low, high)


def _value(value: Any) -> Any:
    """As the log writes it; None for what it cannot bound exactly."""
    if isinstance(value, datetime):
        if value.microsecond % 1000:  # the log counts milliseconds
            return None
        text = value.replace(tzinfo=None).isoformat(timespec="milliseconds")
        return f"{text}Z" if value.tzinfo is not None else text
    if isinstance(value, str):
        return value if len(value) <= LONGEST_BOUND else None
    return value if isinstance(value, int | float) else None
