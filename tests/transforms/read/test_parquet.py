"""Parquet of texts: rows by the names of fields, and tables that are damaged or lie."""

import io
from datetime import UTC, datetime

import pyarrow as pa
import pytest
from pyarrow import parquet

from tests.transforms.articles import gzipped
from transforms.read import ReadOptions, count_records, read_unit
from transforms.records import RawRecord, Reject, RejectReason

LIMITS = ReadOptions()


def written(columns, **options) -> bytes:
    file = io.BytesIO()
    parquet.write_table(pa.table(columns), file, **options)
    return file.getvalue()


def read(data: bytes, options=LIMITS, start=0, name="a.parquet"):
    return list(read_unit(io.BytesIO(data), name, options, start))


def test_a_row_is_a_record():
    when = datetime(2023, 5, 4, 10, tzinfo=UTC)
    columns = {
        "Headline": ["Crane", None],
        "maintext": ["The crane stays.", "The ferry leaves."],
        "date_publish": pa.array([when, None], pa.timestamp("us", "UTC")),
        "authors": [["Ilse Thornbury", "Odo Vance"], None],
        "score": [1.5, float("nan")],
    }
    first, second = read(written(columns))
    assert (first.title, first.body, first.published_raw) == ("Crane", "The crane stays.", "2023-05-04T10:00:00+00:00")
    assert first.authors == ("Ilse Thornbury", "Odo Vance")
    assert (second.source_record, second.body, second.title) == (1, "The ferry leaves.", None)


def test_paragraphs_bytes_and_dictionaries_are_texts():
    lists = {"text": [["The crane stays.", "The ferry leaves."]]}
    [record] = read(written(lists))
    assert record.body == "The crane stays.\n\nThe ferry leaves."
    [record] = read(written({"text": ["The café stays.".encode("cp1252")]}))
    assert record.body == "The café stays."
    [record] = read(written({"text": pa.array(["The crane stays."]).dictionary_encode()}))
    assert record.body == "The crane stays."


def test_rows_without_a_text_are_rejects_of_their_own():
    items = read(written({"text": ["The crane stays.", None, "", "The ferry leaves."]}))
    assert [type(item) for item in items] == [RawRecord, Reject, Reject, RawRecord]
    assert {item.reason for item in items if isinstance(item, Reject)} == {RejectReason.EMPTY_BODY}


def test_mapped_columns_count_first():
    data = written({"prose": ["The crane stays."], "text": ["a label"]})
    assert read(data, ReadOptions(fields=(("body", "prose"),)))[0].body == "The crane stays."


def test_a_window_begins_at_its_row_group():
    data = written({"text": [f"Crane {number} stays." for number in range(300)]}, row_group_size=70)
    assert count_records(io.BytesIO(data), "a.parquet") == 300
    assert [item.source_record for item in read(data, start=140)][:1] == [140]
    assert read(data, start=141)[0].body == "Crane 141 stays."


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (written({"text": pa.array([], pa.string())}), RejectReason.EMPTY),
        (written({"number": [1]}), RejectReason.NO_TEXT_FIELD),
        (written({"text": ["The crane stays."]})[:-20], RejectReason.BAD_TABLE),
        (b"PAR1 and some words", RejectReason.BAD_TABLE),
    ],
    ids=["no rows", "no text", "cut", "none"],
)
def test_tables_that_cannot_be_read(data, reason):
    assert [item.reason for item in read(data)] == [reason]


def test_a_long_row_costs_one_row():
    data = written({"text": ["a" * 2000, "The crane stays."]})
    first, second = read(data, ReadOptions(max_record_bytes=1000))
    assert first.reason == RejectReason.TOO_LARGE
    assert second.body == "The crane stays."


def test_packed_tables_are_read():
    assert read(gzipped(written({"text": ["The crane stays."]})), name="a.parquet.gz")[0].body == "The crane stays."


def varint(number: int) -> bytes:
    """As Thrift writes the numbers in headers of pages."""
    number <<= 1  # zigzag
    parts = []
    while number > 127:
        parts.append(number & 127 | 128)
        number >>= 7
    return bytes([*parts, number])


def test_a_page_that_lies_about_its_size_takes_no_memory():
    data = written({"text": ["The crane stays."]}, compression="none", use_dictionary=False)
    # The header of the first page, in Thrift's compact form: its kind (0), its size, its packed size, behind 0x15 each.
    assert data[4:7] == b"\x15\x00\x15"
    assert data[7] == data[9] < 128
    lie = varint(1_500_000_000)
    forged = data[:7] + lie + b"\x15" + lie + data[10:]
    highest = pa.default_memory_pool().max_memory()
    [item] = read(forged)
    assert item.reason == RejectReason.BAD_TABLE
    assert pa.default_memory_pool().max_memory() - highest < 100_000_000


def test_more_rows_than_bits_are_refused_before_they_are_counted():
    data = written({"text": pa.array(["The crane stays."] * 500_000).dictionary_encode()})
    assert [item.reason for item in read(data)] == [RejectReason.TOO_LARGE_UNCOMPRESSED]
    assert count_records(io.BytesIO(data), "a.parquet") == 1


@pytest.mark.parametrize("flip", [0x01, 0x80, 0xFF])
def test_no_damaged_byte_ends_the_process_or_raises(flip):
    data = written({"text": ["The crane stays.", "The ferry leaves."]})
    for position in range(len(data)):
        damaged = data[:position] + bytes([data[position] ^ flip]) + data[position + 1 :]
        assert read(damaged)
        assert count_records(io.BytesIO(damaged), "a.parquet") >= 1
