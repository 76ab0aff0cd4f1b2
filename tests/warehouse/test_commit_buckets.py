"""Rows are cut into buckets that hold each of them once, and whose bounds are told truly."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from warehouse import buckets
from warehouse.buckets import Range, bucket_count, cut, in_groups, keys_of, ranges
from warehouse.tables.documents import DOCUMENTS
from warehouse.tables.sources import SOURCES

KEYS = st.lists(st.text("abc\0é", max_size=4), max_size=40)


@given(KEYS, st.integers(1, 9))
def test_each_key_falls_into_one_range(keys: list[str], count: int) -> None:
    found = ranges(keys, count)
    assert 1 <= len(found) <= count
    rows = pa.table({"document_id": pa.array([*keys, "", "zz"], pa.string())})
    parts = [part.rows(DOCUMENTS, rows).column(0).to_pylist() for part in found]
    assert sorted(key for part in parts for key in part) == sorted([*keys, "", "zz"])


@given(KEYS.filter(bool), st.integers(1, 5))
def test_a_range_meets_whatever_has_rows_in_it(keys: list[str], count: int) -> None:
    rows = pa.table({"document_id": pa.array(keys, pa.string())})
    for span in ranges(keys, count):
        if span.rows(DOCUMENTS, rows).num_rows:
            assert span.meets(min(keys), max(keys))


def test_members_of_one_archive_can_be_cut() -> None:
    """All have the same path: the member decides."""
    members = [f"{number:03d}.txt" for number in range(100)]
    rows = pa.table({"source_path": ["/in/x.zip"] * 101, "source_member": pa.array([None, *members], pa.string())})
    parts = dict(cut(SOURCES, rows, buckets.OTHER_TARGET_BYTES / 30))
    assert list(parts) == ["-b000", "-b001", "-b002", "-b003"]
    assert sum(part.num_rows for part in parts.values()) == 101
    assert all(20 < part.num_rows < 30 for part in parts.values())
    assert all(span.meets("/in/x.zip", "/in/x.zip") for span in ranges(keys_of(SOURCES, rows).to_pylist(), 4))
    assert not Range("/in/y", None).meets("/in/x.zip", "/in/x.zip")


def test_equal_keys_are_not_torn_apart() -> None:
    rows = pa.table({"document_id": ["a"] * 50 + ["b"]})
    assert [part.num_rows for _, part in cut(DOCUMENTS, rows, 1e6)] == [50, 1]


def test_few_rows_are_one_file() -> None:
    assert [ending for ending, _ in cut(DOCUMENTS, pa.table({"document_id": ["a", "b"]}), 0.0)] == [""]
    assert [bucket_count(DOCUMENTS, size) for size in (0, 320_000, 320_001, 3_200_000)] == [1, 1, 2, 10]


@given(st.lists(st.integers(1, 9), max_size=20), st.integers(1, 20))
def test_groups_are_bounded_and_complete(sizes: list[int], most: int) -> None:
    groups = list(in_groups(sizes, most))
    assert [position for group in groups for position in group] == list(range(len(sizes)))
    assert all(len(group) == 1 or sum(sizes[one] for one in group) <= most for group in groups)
