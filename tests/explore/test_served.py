"""What goes on beside the visitors waits for them, and ends when they have gone."""

import time
from pathlib import Path

import pytest

pytest.importorskip("duckdb", reason="the extra explore is not installed: pip install -e '.[explore]'")

from flows.explore import served
from flows.explore.quotes import SPOKEN, prepare_spoken
from flows.explore.served import Served
from tests.explore.test_questions import opened


def test_counting_for_later_pages_begins_when_a_page_was_drawn(
    mixed_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(served, "IDLE_SECONDS", 0)
    here = Served(str(mixed_root))
    database = here.database()
    assert not database.is_prepared(SPOKEN)
    here.viewed()
    until = time.monotonic() + 60
    while not database.is_prepared(SPOKEN) and time.monotonic() < until:
        time.sleep(0.01)
    assert database.is_prepared(SPOKEN)
    here.close()


def test_nothing_goes_on_after_the_end(mixed_root: Path) -> None:
    here = Served(str(mixed_root))
    database = here.database()
    here.close()
    assert not any(thread.is_alive() for thread in here._threads)
    assert not database.is_prepared(SPOKEN)


def test_each_step_may_wait_and_leaves_no_table_of_its_own(mixed_root: Path) -> None:
    database, waited = opened(mixed_root), list[bool]()
    prepare_spoken(database, lambda: waited.append(database.is_prepared(SPOKEN)))
    assert waited == [False] * (len(database.months("quotes")) + 1)
    tables = database.frame("SELECT table_name FROM duckdb_tables()")["table_name"].tolist()
    assert tables == [SPOKEN]
