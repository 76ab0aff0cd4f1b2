import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.warehouse.factory import Article, File, archive_row, source_row
from warehouse.ledger import SourceRow, SourceStatus
from warehouse.merge_sources import key_of, merge_sources

WHOLE = replace(source_row(File("/in/big"), "run"), source_sha256="new", record_count=0)


def part(start: int, stop: int, *ids: str, records: int | None = None) -> SourceRow:
    count = records if records is not None else max(len(ids), stop - start)
    return replace(WHOLE, record_start=start, record_stop=stop, document_ids=ids, record_count=count)


def merged(*parts: SourceRow) -> SourceRow:
    (row,) = merge_sources(parts, {}).written.values()
    return row


@given(st.lists(st.integers(1, 5), min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_parts_in_any_order_are_the_whole(lengths: list[int], chance: random.Random) -> None:
    starts = [sum(lengths[:number]) for number in range(len(lengths))]
    parts = [part(at, at + n, *(str(at + i) for i in range(n))) for at, n in zip(starts, lengths, strict=True)]
    parts[-1] = replace(parts[-1], record_stop=-1)
    shuffled = chance.sample(parts, len(parts))
    row = merged(*shuffled)
    assert row.status is SourceStatus.DONE
    assert row.document_ids == tuple(str(number) for number in range(sum(lengths)))
    assert row.record_count == sum(lengths)
    if len(parts) > 1:
        left_out = chance.randrange(len(parts))
        assert merged(*parts[:left_out], *parts[left_out + 1 :]).status is SourceStatus.PARTIAL


def test_same_part_twice_counts_once() -> None:
    row = merged(part(0, 2, "a", "b"), part(0, 2, "a", "b"), part(2, -1, "c", records=1))
    assert (row.record_count, row.document_ids, row.status) == (3, ("a", "b", "c"), SourceStatus.DONE)


def test_partial_row_is_completed_by_a_whole_reading() -> None:
    old = merged(part(0, 2, "a", "b"))
    change = merge_sources([part(0, -1, "a", "c", records=2)], {key_of(old): old})
    assert change.written[key_of(old)].status is SourceStatus.DONE
    assert change.released == {"b"}


def test_leftover_part_of_a_finished_file_changes_nothing() -> None:
    old = merged(part(0, -1, "a", "b", "c"))
    assert merge_sources([part(0, 2, "a", "b")], {key_of(old): old}).written == {}


@pytest.mark.parametrize(("members", "gone"), [(("a",), {"b"}), ((), {"a", "b"}), (None, set())])
def test_members_that_vanish(members: tuple[str, ...] | None, gone: set[str]) -> None:
    stored = [source_row(File("/in/x.zip", (Article(name),), member=name), "run") for name in ("a", "b")]
    row = replace(archive_row("/in/x.zip", [], "new"), members=members)
    change = merge_sources([row], {key_of(old): old for old in stored})
    assert {member for _, member in change.deleted} == gone
    assert change.released == {Article(name).document_id for name in gone}


def test_refused_archive_keeps_its_members() -> None:
    stored = source_row(File("/in/x.zip", (Article("a"),), member="a"), "run")
    refused = source_row(File("/in/x.zip", rejects=1), "run")
    change = merge_sources([refused], {key_of(stored): stored})
    assert (change.deleted, change.released) == (set(), set())


def test_unreadable_file_gives_nothing_up() -> None:
    old = source_row(File("/in/a", (Article("a"),)), "run")
    unreadable = replace(old, source_sha256="", status=SourceStatus.REJECTED, document_ids=(), record_count=1)
    change = merge_sources([unreadable], {key_of(old): old})
    assert change.released == set()
    assert change.written[key_of(old)].document_ids == old.document_ids
