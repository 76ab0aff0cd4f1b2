"""Several writers at once lose nothing."""

from pathlib import Path

from tests.faults.races import race


def test_two_writers_lose_nothing(tmp_path: Path) -> None:
    race(tmp_path / "data", writers=2, commits=8)
