from dataclasses import replace
from pathlib import Path

import pytest

from tests.warehouse.factory import SECOND, Article, File, source_row, stage
from warehouse.commit import commit
from warehouse.ledger import RACY_NS, Ledger, SourceRow, SourceStatus, source_parts

A, B = Article("a"), Article("b", text="Other words, many of them.")


def ledger_with(**facts: object) -> Ledger:
    row = source_row(File("/in/a", (A,), mtime=10 * SECOND, read_at=100 * SECOND), "run")
    return Ledger(source_parts([replace(row, **facts)]))  # type: ignore[arg-type]


def test_empty_before_the_first_commit(root: Path) -> None:
    ledger = Ledger.load(root)
    assert len(ledger) == 0
    assert not ledger.unchanged("/in/a", 100, SECOND)
    assert ledger.sha256("/in/a") is None


def test_knows_what_was_committed(root: Path) -> None:
    file, member = File("/in/a", (A,), rejects=1), File("/in/z.zip", (B,), member="b.txt")
    commit(root, [stage(root, file, member)], "run")
    ledger = Ledger.load(root)
    assert len(ledger) == 2
    assert ledger.unchanged("/in/a", 100, SECOND)
    assert ledger.sha256("/in/a") == file.sha256
    assert ledger.sha256("/in/z.zip", "b.txt") == member.sha256
    assert ledger.sha256("/in/z.zip") is None


@pytest.mark.parametrize(
    ("facts", "size", "mtime", "unchanged"),
    [
        ({}, 100, 10 * SECOND, True),
        ({}, 101, 10 * SECOND, False),
        ({}, 100, 10 * SECOND + 1, False),
        ({}, 100, 9 * SECOND, False),
        ({"status": SourceStatus.PARTIAL}, 100, 10 * SECOND, False),
        ({"source_sha256": "", "status": SourceStatus.REJECTED}, 100, 10 * SECOND, False),
        ({"status": SourceStatus.REJECTED}, 100, 10 * SECOND, True),
        ({"status": SourceStatus.ARCHIVE}, 100, 10 * SECOND, True),
        ({"read_at": 10 * SECOND + RACY_NS}, 100, 10 * SECOND, False),
        ({"read_at": 10 * SECOND + RACY_NS + 1}, 100, 10 * SECOND, True),
        ({"read_at": 9 * SECOND}, 100, 10 * SECOND, False),
    ],
)
def test_unchanged(facts: dict[str, object], size: int, mtime: int, unchanged: bool) -> None:
    assert ledger_with(**facts).unchanged("/in/a", size, mtime) is unchanged


def test_bytes_that_were_read_in_part_have_no_hash() -> None:
    assert ledger_with(status=SourceStatus.PARTIAL).sha256("/in/a") is None


def test_a_part_is_the_whole_file_unless_it_says_otherwise() -> None:
    row: SourceRow = source_row(File("/in/a", (A,)), "run")
    assert (row.record_start, row.record_stop, row.members) == (0, -1, None)
