"""Runs that are killed or interrupted in the middle: nothing lives on, nothing is half there, the next run goes on."""

import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.options import IngestOptions
from flows.outlook import outlook, preview
from tests.e2e.onrecord import Shell, eventually, table
from tests.flows.landing import write_lines
from warehouse.staging import StagedBatch, StagingArea
from warehouse.under_way import runs_under_way

pytestmark = pytest.mark.e2e

ARTICLES = 60
BATCH_ARTICLES = 3
SENTENCES = 24
SECONDS_TO_DIE = 10
OPTIONS = ("--batch-articles", BATCH_ARTICLES, "--workers")


@pytest.fixture(scope="module")
def feed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_lines(tmp_path_factory.mktemp("landing") / "feed.jsonl", range(ARTICLES), SENTENCES)


@pytest.fixture
def alone(used_home: Path, tmp_path: Path) -> Iterator[Shell]:
    """Commands without a server: they start one of their own. Whatever survives a failed test ends here."""
    home = tmp_path / "prefect"
    shutil.copytree(used_home, home)
    shell = Shell(home)
    yield shell
    for process in shell.processes():
        process.kill()


def run_until_two_batches_are_staged(shell: Shell, feed: Path, data: Path) -> subprocess.Popen[str]:
    process = shell.start("ingest", feed, "--data", data, *OPTIONS, 2)
    staging = data / "staging"
    begun = eventually(lambda: len(list(staging.glob("[!.]*/batch.json"))) >= 2 or process.poll() is not None, 150)
    assert begun
    assert process.poll() is None, process.communicate()
    assert len(shell.processes()) >= 4, "the parent, its server and two workers"
    return process


def staged_whole(data: Path) -> list[StagedBatch]:
    """The finished batches, each of which holds all of its records and all that hangs on them."""
    batches = StagingArea(data).finished()
    for batch in batches:
        documents = batch.table("documents").to_pandas()
        (unit,) = batch.units
        assert list(documents["source_record"]) == list(range(unit.record_start, unit.record_start + BATCH_ARTICLES))
        for name, column in (("entities", "entity_count"), ("quotes", "quote_count")):
            assert batch.table(name).num_rows == documents[column].sum()
    return batches


def assert_complete(data: Path) -> None:
    documents = table(data, "documents")
    assert sorted(documents["source_record"]) == list(range(ARTICLES))
    assert documents["document_id"].is_unique
    for name, column in (("entities", "entity_count"), ("quotes", "quote_count")):
        rows = table(data, name)
        assert rows.groupby("document_id").size().to_dict() == documents.set_index("document_id")[column].to_dict()
    assert StagingArea(data).finished() == []


def test_sigkill_leaves_no_process_and_no_half_data_and_the_next_run_goes_on(
    alone: Shell, shell: Shell, feed: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    process = run_until_two_batches_are_staged(alone, feed, data)
    process.kill()
    process.communicate()
    gone = eventually(lambda: not alone.processes(), SECONDS_TO_DIE)
    assert gone, [survivor.cmdline() for survivor in alone.processes()]

    assert not (data / "current").exists(), "nothing was committed, so nothing is to be seen"
    staged = staged_whole(data)
    told = outlook(str(data))
    assert (len(told.died), told.running) == (1, ())
    assert (told.staged_batches, told.staged_records) == (len(staged), len(staged) * BATCH_ARTICLES)
    planned = preview([str(feed)], str(data), IngestOptions(batch_articles=BATCH_ARTICLES))
    assert (planned.recovered_batches, planned.records) == (len(staged), ARTICLES - len(staged) * BATCH_ARTICLES)
    assert 2 <= len(staged) < ARTICLES // BATCH_ARTICLES

    report = shell.ingest(feed, "--data", data, *OPTIONS, 1)
    assert report["recovered_batches"] == len(staged)
    assert report["counts"]["records_read"] == ARTICLES - len(staged) * BATCH_ARTICLES
    assert report["counts"]["documents_added"] == ARTICLES
    assert_complete(data)
    assert sorted(table(data, "runs")["state"]) == ["completed", "crashed"]
    assert outlook(str(data)).lines() == []


def test_two_runs_at_once_lose_nothing_and_double_nothing(shell: Shell, feed: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    both = [shell.start("ingest", feed, "--data", data, *OPTIONS, 1, "--json") for _ in range(2)]
    for process in both:
        _, err = process.communicate(timeout=240)
        assert process.returncode == 0, err
    assert_complete(data)
    assert sum(table(data, "runs")["documents_added"]) == ARTICLES


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_and_sigterm_end_in_order_and_say_how_to_go_on(
    alone: Shell, feed: Path, tmp_path: Path, number: signal.Signals
) -> None:
    data = tmp_path / "data"
    process = run_until_two_batches_are_staged(alone, feed, data)
    os.killpg(process.pid, number)  # as a terminal does: to the whole group
    _, err = process.communicate(timeout=60)
    assert process.returncode == 128 + number, err
    told = err.strip().splitlines()[-1]
    assert "Interrupted. Finished batches are kept" in told
    again = ["onrecord", "ingest", feed, "--data", data, *OPTIONS, 2]
    assert told.endswith(shlex.join(map(str, again)))
    assert "Traceback" not in err
    gone = eventually(lambda: not alone.processes(), SECONDS_TO_DIE)
    assert gone, [survivor.cmdline() for survivor in alone.processes()]
    assert len(staged_whole(data)) >= 2
    (row,) = table(data, "runs").to_dict("records")
    assert row["state"] == "failed"
    assert runs_under_way(data) == []
    assert not (data / "current").exists()
