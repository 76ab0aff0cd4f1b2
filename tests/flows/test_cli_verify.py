"""``onrecord verify``: exit codes, a readable list, JSON."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.flows.test_cli import onrecord  # noqa: F401  a fixture
from tests.warehouse.factory import Article, File, stage
from tests.warehouse.verify import damage
from warehouse.commit import commit
from warehouse.staging import StagingArea


@pytest.fixture
def data(tmp_path: Path) -> Path:
    root = tmp_path / "data"
    commit(root, [stage(root, File("/in/a", (Article("a"), Article("b", text="Other words, they said."))))], "run")
    StagingArea(root).discard(StagingArea(root).finished())
    return root


def test_a_sound_warehouse_is_told_in_one_line(onrecord: Any, data: Path) -> None:  # noqa: F811
    ran = onrecord("verify", "--data", data)
    assert (ran.code, ran.err) == (0, "")
    (line,) = ran.out.splitlines()
    assert "snapshot 1 is sound" in line
    assert "2 documents" in line
    assert "every byte read" in line
    assert "left out" in onrecord("verify", "--quick", "--data", data).out


def test_a_violation_ends_with_3_and_is_listed(onrecord: Any, data: Path) -> None:  # noqa: F811
    key = damage.set_value("quotes", "cue", "told")(data)
    ran = onrecord("verify", "--data", data)
    assert ran.code == 3
    (line,) = ran.out.splitlines()
    assert all(word in line for word in ("span: quotes", key, "add-00000001.parquet", "'told'", "'said'"))
    assert ran.err.strip() == f"Error: 1 violations in {data}."
    value = json.loads(onrecord("verify", "--json", "--data", data).out)
    assert value["clean"] is False
    assert value["findings"][0]["row"] == key
    assert value["counts"] == [{"check": "span", "table": "quotes", "count": 1}]


def test_what_is_not_listed_is_counted(onrecord: Any, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setattr("warehouse.verify.report.KEPT", 1)
    damage.set_value("documents", "char_count", 1)(data)
    damage.set_value("documents", "word_count", 1)(data)
    assert onrecord("verify", "--data", data).out.splitlines()[1] == "count: documents: 1 more"
