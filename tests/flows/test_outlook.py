"""What a run would do, what the next one will find, and what is swept because none can use it."""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from flows.batch import facts_of
from flows.cutting import BatchSize
from flows.options import IngestOptions
from flows.outlook import outlook, preview, record_the_dead, usable
from flows.plan import make_plan
from flows.recipe import recipe_of
from flows.unit import Unit, source_row
from tests.flows.landing import MOMENT, dated, write_lines, write_text
from transforms.read import ReadOptions
from warehouse.commit import commit
from warehouse.errors import SourceNotFoundError
from warehouse.ledger import Ledger, source_parts
from warehouse.leftovers import useless
from warehouse.staging import StagedBatch, StagingArea
from warehouse.under_way import announce, runs_under_way

OPTIONS = IngestOptions(batch_articles=10, workers=2)
WEEK = 7 * 86_400


def units_of(*sources: Path) -> list[Unit]:
    plan = make_plan([str(one) for one in sources], Ledger(()), [], ReadOptions(), BatchSize(10, 10**9))
    return [item.unit for item in plan.pending]


def stage(root: Path, name: str, units: list[Unit], recipe: str | None = None, **facts: object) -> StagedBatch:
    rows = [source_row(unit, (), unit.records, run_id="killed", listed_at=MOMENT) for unit in units]
    content = {**facts_of(recipe or recipe_of(OPTIONS), sum(unit.records for unit in units)), **facts}
    return StagingArea(root).write(name, {"sources": source_parts(rows)}, content)


def age(batch: StagedBatch, seconds: float) -> StagedBatch:
    os.utime(batch.path, (time.time() - seconds,) * 2)
    return batch


def test_a_preview_tells_all_and_writes_nothing(tmp_path: Path) -> None:
    write_lines(tmp_path / "in" / "a.jsonl", range(25))
    write_text(tmp_path / "in" / "b.txt", dated(1))
    write_text(tmp_path / "in" / "c.jpg", "no article")
    (tmp_path / "in" / "d.txt").symlink_to("nowhere")
    told = preview([str(tmp_path / "in")], str(tmp_path / "data"), OPTIONS)
    assert (told.files_found, told.records, told.batches, told.workers) == (3, 26, 3, 2)
    assert (told.skipped, told.refused) == ({"no reader for '.jpg'": 1}, {"unreadable": 1})
    assert not (tmp_path / "data").exists()
    assert told.lines()[-1] == "Nothing was written."


def test_a_preview_knows_what_is_stored_and_what_is_staged(tmp_path: Path) -> None:
    root = tmp_path / "data"
    first = write_text(tmp_path / "in" / "a.txt", dated(1))
    commit(root, [stage(root, "stored", units_of(first))], "run")
    StagingArea(root).discard(StagingArea(root).finished())
    second = write_text(tmp_path / "in" / "b.txt", dated(2))
    stage(root, "staged", units_of(second))
    write_text(tmp_path / "in" / "c.txt", dated(3))
    told = preview([str(tmp_path / "in")], str(root), OPTIONS)
    assert (told.files_unchanged, told.recovered_batches, told.records) == (1, 1, 1)
    other = preview([str(tmp_path / "in")], str(root), OPTIONS.model_copy(update={"day_first": True}))
    assert (other.recovered_batches, other.records) == (0, 2), "other rules give other rows"


def test_a_preview_of_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFoundError):
        preview([str(tmp_path / "none")], str(tmp_path / "data"), OPTIONS)


def test_a_run_is_known_while_it_lives_and_forgotten_when_it_ends(tmp_path: Path) -> None:
    with announce(tmp_path / "data", "7", datetime.now(UTC), ("in",), "model"):
        (told,) = outlook(str(tmp_path / "data")).running
        assert (told.run_id, told.pid, told.sources) == ("7", os.getpid(), ("in",))
        assert record_the_dead(str(tmp_path / "data")) == []
    assert runs_under_way(tmp_path / "data") == []


def test_a_run_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), announce(tmp_path / "data", "7", datetime.now(UTC), (), "model"):
        raise KeyboardInterrupt
    assert runs_under_way(tmp_path / "data") == []


DIES = """
import os, signal, sys
from datetime import UTC, datetime
from warehouse.under_way import announce
with announce(sys.argv[1], "dead", datetime.now(UTC), ("landing",), "model"):
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_run_that_was_killed_is_told_and_gets_its_row(tmp_path: Path) -> None:
    root = tmp_path / "data"
    subprocess.run([sys.executable, "-c", DIES, str(root)], check=False)
    stage(root, "left", units_of(write_text(tmp_path / "a.txt", dated(1))))
    told = outlook(str(root))
    assert [run.run_id for run in told.died] == ["dead"]
    assert (told.staged_batches, told.staged_records, told.foreign_batches) == (1, 1, 0)
    assert "Died without a word" in told.lines()[0]
    assert "1 finished batches (1 records) await a commit." in told.lines()[1]
    (dead,) = record_the_dead(str(root))
    assert dead.run_id == "dead"
    (row,) = pd.read_parquet(root / "runs").to_dict("records")
    assert (row["run_id"], row["state"], list(row["sources"])) == ("dead", "crashed", ["landing"])
    assert outlook(str(root)).died == ()


@pytest.mark.parametrize("days", [0, 6, 8, 400])
def test_what_a_run_could_use_is_never_swept(tmp_path: Path, days: int) -> None:
    batch = age(stage(tmp_path / "data", "left", units_of(write_text(tmp_path / "a.txt", dated(1)))), days * 86_400)
    assert useless([batch], Ledger.load(tmp_path / "data"), WEEK, usable) == []


@pytest.mark.parametrize(("days", "swept"), [(6, False), (8, True)])
def test_what_none_can_use_is_swept_when_it_is_old(tmp_path: Path, days: int, swept: bool) -> None:
    root = tmp_path / "data"
    stored, gone = (write_text(tmp_path / f"{name}.txt", dated(number)) for number, name in enumerate("ab"))
    batches = [
        stage(root, "stored", units_of(stored)),
        stage(root, "gone", units_of(gone)),
        stage(root, "foreign", units_of(write_text(tmp_path / "c.txt", dated(3))), pipeline_version="0"),
    ]
    commit(root, batches[:1], "run")
    gone.unlink()
    for batch in batches:
        age(batch, days * 86_400)
    found = useless(batches, Ledger.load(root), WEEK, usable)
    assert [batch.batch_id for batch in found] == (["stored", "gone", "foreign"] if swept else [])


def test_a_batch_that_goes_meanwhile_is_no_trouble(tmp_path: Path) -> None:
    root = tmp_path / "data"
    batch = age(stage(root, "left", units_of(write_text(tmp_path / "a.txt", dated(1)))), WEEK * 2)
    StagingArea(root).discard([batch])
    assert useless([batch], Ledger.load(root), WEEK, usable) == []
