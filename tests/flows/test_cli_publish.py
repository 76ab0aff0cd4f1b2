"""``onrecord publish`` and ``onrecord status --changes``."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.flows.test_cli import assert_told_in_a_sentence, onrecord  # noqa: F401  a fixture
from tests.warehouse.factory import Article, File, stage
from warehouse.commit import commit

FIRST, SECOND = Article("a"), Article("b", text="Other words, they said.")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    root = tmp_path / "data"
    commit(root, [stage(root, File("/in/a", (FIRST,)))], "run-1")
    commit(root, [stage(root, File("/in/b", (SECOND,)))], "run-2")
    return root


def test_publish_tells_what_it_sent(onrecord: Any, data: Path, tmp_path: Path) -> None:  # noqa: F811
    deltalake = pytest.importorskip("deltalake")
    place = tmp_path / "published"
    ran = onrecord("publish", place, "--data", data)
    assert ran.code == 0, ran.err
    assert "documents: version 0; 2 files added, 0 removed" in ran.out
    assert ran.out.splitlines()[-1] == f"{place}: snapshot 2 published."
    assert onrecord("publish", place, "--data", data).out == f"{place}: has snapshot 2 already.\n"
    value = json.loads(onrecord("publish", place, "--json", "--vacuum", "--data", data).out)
    assert (value["changed"], value["tables"]["quotes"]["vacuumed"]) == (False, 0)
    frame = deltalake.DeltaTable(str(place / "quotes")).to_pandas()
    assert set(frame["quote_id"]) == set(pd.read_parquet(data / "quotes")["quote_id"])


def test_publish_refuses_what_makes_no_sense(onrecord: Any, data: Path) -> None:  # noqa: F811
    assert_told_in_a_sentence(onrecord("publish", "x", "--storage-option", "key", "--data", data), 2, "KEY=VALUE")
    assert_told_in_a_sentence(onrecord("publish", data / "x", "--data", data), 1, "inside the warehouse")


def test_changes_of_the_last_snapshot(onrecord: Any, data: Path) -> None:  # noqa: F811
    ran = onrecord("status", "--changes", "--data", data)
    assert ran.code == 0, ran.err
    assert ran.out.splitlines()[0] == f"{data}: from snapshot 1 to 2:"
    assert "  documents: 1 added, 0 replaced, 0 removed" in ran.out
    assert "rejects" not in ran.out
    value = json.loads(onrecord("status", "--changes", 2, 1, "--json", "--data", data).out)
    assert (value["earlier"], value["later"]) == (2, 1)
    assert value["tables"]["documents"]["removed_ids"] == [SECOND.document_id]


def test_changes_that_cannot_be_told(onrecord: Any, data: Path) -> None:  # noqa: F811
    assert_told_in_a_sentence(onrecord("status", "--changes", 1, 7, "--data", data), 2, "no snapshot 7", "There are: 1")
    assert_told_in_a_sentence(onrecord("status", "--changes", 1, 2, 2, "--data", data), 2, "at most two")
    assert_told_in_a_sentence(onrecord("status", 1, "--data", data), 2, "--changes")


def test_earlier_snapshots_can_be_asked(onrecord: Any, data: Path) -> None:  # noqa: F811
    assert len(onrecord("documents", "--snapshot", 1, "--json", "--data", data).lines()) == 1
    assert len(onrecord("quotes", "--as-of", "2999-01-01", "--json", "--data", data).lines()) == 4
    assert_told_in_a_sentence(onrecord("entities", "--snapshot", 9, "--data", data), 2, "no snapshot 9")
    assert_told_in_a_sentence(onrecord("quotes", "--as-of", "2001-01-01T08:00", "--data", data), 2, "2001-01-01")
    both = onrecord("quotes", "--as-of", "2001-01-01", "--snapshot", 1, "--data", data)
    assert_told_in_a_sentence(both, 2, "--as-of")
