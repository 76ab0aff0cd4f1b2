"""The registry finds each format, and no input makes reading raise."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.articles import build, gzipped, zipped
from transforms.errors import UnknownFormatError
from transforms.read import ReadOptions, count_records, extensions, read_unit
from transforms.read.archives import Member, MemberError, members, open_member
from transforms.read.formats import format_named, formats
from transforms.records import RawRecord, Reject

NAMES = [*sorted(f"a{suffix}" for suffix in extensions()), "a.txt.gz", "a.jsonl.gz", "a", ""]
LIMITS = ReadOptions(max_record_bytes=2000, max_held_bytes=5000, max_unpacked_bytes=20_000)
JSON_BITS = st.sampled_from(
    [b'{"text": "a', b'"}', b"\n", b"[", b"]", b",", b'{"title": 1}', b"NaN", b"\\ud800", b"9" * 400]
)
BYTES = st.one_of(
    st.binary(max_size=300),
    st.lists(JSON_BITS, max_size=20).map(b"".join),
    st.text(max_size=100).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.text(max_size=100).map(lambda text: text.encode("utf-16", "surrogatepass")),
    st.binary(max_size=200).map(gzipped),
    st.tuples(st.binary(max_size=200), st.integers(0, 200)).map(lambda pair: gzipped(pair[0])[: pair[1]]),
)


def test_every_declared_format_is_found_by_name():
    assert {"text", "json", "jsonl"} <= {format_.name for format_ in formats()}
    assert all(format_named(format_.name) is format_ for format_ in formats())
    with pytest.raises(UnknownFormatError, match="Known readers: "):
        format_named("papyrus")


def test_no_two_formats_share_name_or_extension():
    names = [format_.name for format_ in formats()]
    suffixes = [suffix for format_ in formats() for suffix in format_.extensions]
    assert len(set(names)) == len(names)
    assert len(set(suffixes)) == len(suffixes)
    assert all(suffix.startswith(".") and suffix == suffix.lower() for suffix in suffixes)


@settings(deadline=None)  # the first text loads the language model
@given(BYTES, st.sampled_from(NAMES))
def test_no_bytes_make_reading_or_building_raise(data, name):
    items = list(read_unit(io.BytesIO(data), name, LIMITS))
    assert items or name.endswith("jsonl")
    numbers = [item.source_record for item in items]
    assert numbers == sorted(set(numbers))
    for item in items:
        if isinstance(item, RawRecord):
            item.body.encode("utf-8")
            build(item)
        else:
            assert isinstance(item, Reject)
    assert count_records(io.BytesIO(data), name, LIMITS) > max(numbers, default=0)


@given(BYTES, st.sampled_from(NAMES), st.integers(0, 6), st.integers(0, 6))
def test_a_window_is_a_slice_of_the_whole(data, name, start, length):
    whole = list(read_unit(io.BytesIO(data), name, LIMITS))
    window = list(read_unit(io.BytesIO(data), name, LIMITS, start, start + length))
    assert window == [item for item in whole if start <= item.source_record < start + length]


@given(st.binary(max_size=40), st.integers(0, 150), st.integers(0, 255))
def test_no_damage_makes_an_archive_raise_anything_else(content, position, byte):
    data = bytearray(zipped({"a.txt": content, "b/c.txt": b"words"}))
    data[position % len(data)] = byte
    stream = io.BytesIO(bytes(data))
    for member in members(stream, "a.zip", LIMITS):
        if isinstance(member, Member):
            member.name.encode("utf-8")
            try:
                open_member(stream, member, LIMITS)
            except MemberError as error:
                assert error.detail
