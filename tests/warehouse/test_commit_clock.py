"""Old snapshots go by their age, and no wrong clock makes a young one old."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.warehouse.factory import Article, File, stage
from warehouse import clock
from warehouse.clock import Moment
from warehouse.commit import commit
from warehouse.snapshots import KEEP

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Sets what the clocks of the machine say."""

    def set_clocks(wall: datetime, uptime: float, boot_id: str | None = "boot 1") -> None:
        monkeypatch.setattr(clock, "_boot_id", lambda: boot_id)
        monkeypatch.setattr(clock, "_uptime", lambda: uptime)
        monkeypatch.setattr(clock, "datetime", type("Fixed", (), {"now": staticmethod(lambda zone: wall)}))

    return set_clocks


def commit_one(root: Path, number: int) -> list[int]:
    """Commit something.

    Returns:
        The snapshots that are there afterwards.
    """
    article = Article(f"k{number}", text=f"Words number {number}, they said.")
    commit(root, [stage(root, File(f"/in/{number}", (article,)))], "run")
    return sorted(int(path.name) for path in (root / "snapshots").iterdir())


def test_moments_of_one_start_of_the_machine_differ_by_its_uptime() -> None:
    early, late = Moment(NOON, "boot", 100.0), Moment(NOON - timedelta(days=9), "boot", 160.0)
    assert late.since(early) == timedelta(seconds=60)
    assert Moment(NOON, "another", 5.0).since(early) == timedelta(0)
    assert Moment(NOON + timedelta(hours=1)).since(Moment(NOON)) == timedelta(hours=1)


def test_now_is_now() -> None:
    first, second = Moment.now(), Moment.now()
    assert timedelta(0) <= second.since(first) < timedelta(seconds=5)
    assert abs(datetime.now(UTC) - first.wall) < timedelta(seconds=5)


def test_a_clock_that_was_wrong_for_a_while_costs_no_young_snapshot(root: Path, machine) -> None:  # type: ignore[no-untyped-def]
    machine(NOON, 1_000.0)
    commit_one(root, 1)
    machine(datetime(1970, 1, 1, tzinfo=UTC), 1_060.0)  # set back by 56 years
    commit_one(root, 2)
    machine(NOON + timedelta(minutes=2), 1_120.0)  # and right again
    assert commit_one(root, 3) == [1, 2, 3]
    machine(NOON + timedelta(days=400), 1_180.0)  # ahead
    assert commit_one(root, 4) == [1, 2, 3, 4]
    machine(NOON + timedelta(minutes=4), 1_240.0)
    assert commit_one(root, 5) == [1, 2, 3, 4, 5]
    machine(NOON, 1_240.0 + KEEP.total_seconds() + 1)  # the time of day says nothing, the machine's uptime an hour
    assert commit_one(root, 6) == [5, 6]


def test_after_a_restart_the_time_of_day_counts(root: Path, machine) -> None:  # type: ignore[no-untyped-def]
    machine(NOON, 1_000.0)
    commit_one(root, 1)
    commit_one(root, 2)
    machine(NOON + timedelta(minutes=30), 10.0, "boot 2")
    assert commit_one(root, 3) == [1, 2, 3]
    machine(NOON + timedelta(minutes=61), 1_870.0, "boot 2")
    assert commit_one(root, 4) == [2, 3, 4]


def test_one_moment_in_the_future_does_not_keep_the_others(root: Path, machine) -> None:  # type: ignore[no-untyped-def]
    machine(NOON, 1.0, None)
    commit_one(root, 1)
    machine(NOON + timedelta(days=400), 1.0, None)
    commit_one(root, 2)
    machine(NOON + timedelta(minutes=1), 1.0, None)
    commit_one(root, 3)
    machine(NOON + timedelta(hours=3), 1.0, None)
    assert commit_one(root, 4) == [1, 3, 4]


def test_manifests_of_before_have_no_uptime(root: Path) -> None:
    commit(root, [], "run", now=NOON)
    manifest = json.loads((root / "current" / "snapshot.json").read_text())
    assert (manifest["boot_id"], manifest["uptime"]) == (None, None)
