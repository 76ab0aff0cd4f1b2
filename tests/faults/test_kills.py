"""A few kills of each kind beside a reader; ``make faults`` does hundreds."""

from collections import Counter
from pathlib import Path

from tests.faults.__main__ import mistakes, page
from tests.faults.campaign import Campaign, Tally
from tests.faults.scenes import CYCLE


def test_kills_of_every_change_beside_a_reader(tmp_path: Path) -> None:
    tally = Campaign(tmp_path, pace=0.0).run(kills=10)
    assert tally.kills >= 10
    assert min(tally.injected.total(), tally.random.total()) >= 2
    assert set(tally.injected) | set(tally.random) <= set(CYCLE)
    assert tally.reads["pinned: reads"] > 5
    assert [name for name in mistakes(tally.reads) if "found nothing" not in name] == []


def test_kills_of_a_migration_beside_a_reader(tmp_path: Path) -> None:
    tally = Campaign(tmp_path, pace=0.0).migrate(kills=2)
    assert tally.kills >= 2
    assert [name for name in mistakes(tally.reads) if "found nothing" not in name] == []


def test_mistakes_are_noticed() -> None:
    fine = Counter({"plain: reads": 1_000, "plain: not found": 9, "pinned: not found during a take-down": 1})
    assert mistakes(fine) == []
    assert mistakes(fine + Counter({"plain: not found": 2})) == ["plain reads that found nothing: 11 of 1000"]
    for name in ("plain: wrong rows", "plain: OSError", "real: not found", "pinned: wrong rows"):
        assert mistakes(fine + Counter({name: 1})) == [f"{name}: 1"]


def test_the_page_tells_what_was_counted() -> None:
    tally = Tally(Counter(ingest=3), Counter(forget=2), Counter({"plain: reads": 7, "plain: ArrowInvalid": 1}), 4, 1)
    text = page(tally, Counter({2: 100}), 61.0)
    assert "5 writers were ended" in text
    assert "| ingest | 3 | 0 |" in text
    assert "| plain | 7 | 0 | 0 | 0 | 1 |" in text
    assert "| 2 | 100 | 0 |" in text
