"""Names of batches and lines of the log."""

from collections import Counter

import pytest

from flows import story
from flows.spec import BatchResult
from flows.unit import Unit
from warehouse.commit import CommitResult
from warehouse.landing import LandingFile


def unit(path: str, start: int = 0, stop: int | None = None) -> Unit:
    return Unit(LandingFile(f"/in/{path}", f"/in/{path}", 1, 1), "0", start=start, stop=stop)


@pytest.mark.parametrize(
    ("units", "told"),
    [
        ([unit("a.txt")], "a.txt"),
        ([unit("a.txt"), unit("b.txt"), unit("b.txt", 5)], "2 files from a.txt"),
        ([unit("feed.jsonl", 500, 1000)], "feed.jsonl, records 500–999"),
        ([unit("feed.jsonl", 1500)], "feed.jsonl, records from 1,500"),
        ([unit("x" * 100 + ".txt")], "x" * 39 + "…"),
    ],
)
def test_a_batch_says_what_it_holds(units: list[Unit], told: str) -> None:
    assert story.units_told(units) == told


@pytest.mark.parametrize(("count", "told"), [(0, "0 batches"), (1, "1 batch"), (1234, "1,234 batches")])
def test_counts_agree_with_their_noun(count: int, told: str) -> None:
    assert story.counted(count, "batch", "batches") == told


def test_a_batch_tells_counts_time_and_reasons() -> None:
    result = BatchResult("id", documents=2, entities=1200, quotes=1, seconds={"read": 1.0, "annotate": 0.5})
    assert story.batch_told(result) == "2 documents, 1 quote, 1,200 mentions in 1.5 s"
    result.rejects = Counter(empty=3, bad_json=1)
    assert story.batch_told(result).endswith("; refused: 3 empty, 1 bad_json")


def test_a_commit_tells_what_changed() -> None:
    assert story.commit_told(CommitResult(None)) == "Nothing new: no snapshot was made."
    told = story.commit_told(
        CommitResult(7, documents_added=1000, documents_replaced=2, bytes_written=2_500_000, partitions=("2025-01",))
    )
    assert told == "Snapshot 7: documents 1,000 added, 2 replaced; 2.5 MB written in 1 month."
