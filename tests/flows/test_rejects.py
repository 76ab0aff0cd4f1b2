"""``onrecord rejects``: what it lists, what it reads again."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from flows.cli.ingest import ingest
from flows.cli.rejects import rejects
from flows.cutting import BatchSize
from flows.options import IngestOptions
from flows.plan import make_plan
from tests.flows.landing import write_text, write_zip
from tests.flows.test_plan import stage_unread
from tests.warehouse.factory import Article, File, stage
from transforms.read import ReadOptions
from warehouse.commit import commit
from warehouse.ledger import Ledger


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A warehouse with two rejects of one file and one of another."""
    root = tmp_path / "data"
    there = write_text(tmp_path / "there.jsonl", "{}")
    commit(root, [stage(root, File(str(there), (Article("a"),), rejects=2), File("/gone/b.txt", rejects=1))], "run")
    return root


def run(*arguments: object) -> Any:
    return CliRunner().invoke(rejects, [str(argument) for argument in arguments], catch_exceptions=False)


def test_they_are_listed(data: Path) -> None:
    ran = run("--data", data, "--json")
    rows = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [row["source_record"] for row in rows] == [0, 1, 2]
    assert {row["reason"] for row in rows} == {"empty_body"}
    shown = run("--data", data).stdout
    assert "3 rejects: 3 empty_body." in shown
    assert "nothing but a title" in " ".join(shown.split())


def test_one_reason_and_a_limit(data: Path) -> None:
    assert run("--data", data, "--json", "--reason", "binary").stdout == ""
    assert run("--data", data, "--reason", "binary").stdout.strip() == "No rejects."
    assert len(run("--data", data, "--json", "--reason", "empty_body", "--limit", 2).stdout.splitlines()) == 2


def test_an_unknown_reason_is_told(data: Path) -> None:
    with pytest.raises(Exception, match="There is no reason 'bad_luck'"):
        run("--data", data, "--reason", "bad_luck")


def test_retry_hands_the_files_that_are_there_to_ingest(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    handed: dict[str, Any] = {}

    def fake(**options: Any) -> None:
        handed.update(options)

    monkeypatch.setattr(ingest, "callback", fake)
    ran = run("--data", data, "--retry", "--reason", "empty_body")
    assert [Path(source).name for source in handed["sources"]] == ["there.jsonl"]
    assert (handed["retry_rejects"], handed["retry_reason"]) == (True, "empty_body")
    assert "/gone/b.txt" in ran.stderr
    chosen = {name: value for name, value in handed.items() if name in IngestOptions.model_fields and value is not None}
    assert IngestOptions.model_validate(chosen).retry_rejects


def test_only_what_has_rejects_is_planned_again(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    packed = write_zip(tmp_path / "in" / "a.zip", [("good.txt", "One story."), ("bad.txt", "Another story.")])
    write_text(tmp_path / "in" / "other.txt", "A third story.")
    size = BatchSize(10, 1_000_000)
    first = make_plan([str(tmp_path / "in")], Ledger.load(tmp_path / "none"), [], ReadOptions(), size)
    units = [item.unit for item in first.pending]
    root = tmp_path / "data"

    stage_unread(root, units, first)
    ledger = Ledger.load(root)
    assert not make_plan([str(tmp_path / "in")], ledger, [], ReadOptions(), size).pending
    again = make_plan([str(tmp_path / "in")], ledger.reopened([(str(packed), "bad.txt")]), [], ReadOptions(), size)
    assert [item.unit.member_name for item in again.pending] == ["bad.txt"]
    assert again.files_unchanged == 1
