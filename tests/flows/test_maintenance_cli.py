"""``onrecord compact``, ``forget`` and ``reannotate --plan`` on a small warehouse."""

import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from flows.cli import cli
from flows.cli.common import errors_shown
from tests.warehouse.factory import Article, File, stage
from warehouse.commit import commit

A, B = Article("a"), Article("b", text="Other words, many of them.")
COPY = Article("copy", text=B.text)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    data = tmp_path / "data"
    for one in (A, B, COPY):
        commit(data, [stage(data, File(f"/in/{one.key}", (one,)))], "run")
    return data


def onrecord(root: Path, *arguments: object) -> Result:
    with errors_shown():
        return CliRunner().invoke(cli, [*map(str, arguments), "--data", str(root)], catch_exceptions=False)


def told(root: Path, *arguments: object) -> dict[str, Any]:
    ran = onrecord(root, *arguments, "--json")
    assert ran.exit_code == 0
    value: dict[str, Any] = json.loads(ran.output)
    return value


def test_compact(root: Path) -> None:
    assert "Snapshot 4" in onrecord(root, "compact").output
    assert "nothing to merge" in onrecord(root, "compact").output
    assert told(root, "compact") == {"snapshot": None, "bytes_written": 0, "months": []}


def test_forget_by_the_first_characters(root: Path) -> None:
    answer = told(root, "forget", A.document_id[:10], "--reason", "asked for")
    assert answer["documents"] == [A.document_id]
    assert pd.read_parquet(root / "forgotten")["reason"].tolist() == ["asked for"]
    assert "0 taken down, 1 had been before" in onrecord(root, "forget", A.document_id).output


def test_forget_names_the_copies_that_are_left(root: Path) -> None:
    assert COPY.document_id in onrecord(root, "forget", B.document_id).output


@pytest.mark.parametrize("given", [A.document_id[:7], "0123456789abcdef"])
def test_forget_of_what_is_not_there_changes_nothing(root: Path, given: str) -> None:
    with pytest.raises(Exception, match=f"There is no document {given}"):
        onrecord(root, "forget", given)
    assert len(pd.read_parquet(root / "documents")) == 3


@pytest.mark.model
def test_reannotate_plan_counts(root: Path) -> None:
    answer = told(root, "reannotate", "--plan")
    assert answer["documents"] == 2, "the copy has no rows of its own"
    assert list(answer["made_by"]) == ["toy 1, pipeline 1"]
    assert told(root, "reannotate", "--plan", "--where", f"document={B.document_id}")["documents"] == 1
    assert "0 documents" in onrecord(root, "reannotate", "--plan", "--where", "publisher=Nobody").output


@pytest.mark.model
@pytest.mark.parametrize("where", ["since", "colour=red", "since=yesterday"])
def test_reannotate_says_what_is_wrong_with_a_condition(root: Path, where: str) -> None:
    ran = onrecord(root, "reannotate", "--plan", "--where", where)
    assert ran.exit_code == 2
    assert "--where" in ran.output
    assert "Traceback" not in ran.output
    assert sys.exc_info() == (None, None, None)
