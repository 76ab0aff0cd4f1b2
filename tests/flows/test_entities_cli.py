"""``onrecord entities`` on a small warehouse: listing, rebuilding, deciding."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

import warehouse
from flows.cli import cli
from flows.cli.common import ShownError, errors_shown
from tests.warehouse.factory import Article, File, stage
from warehouse.commit import commit

A = Article("a", people=("Ada Marsh", "Ben Okoro"))
B = Article("b", text="Other words, they said.", people=("Adele Marsh", "Ukraine"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    data = tmp_path / "data"
    commit(data, [stage(data, File("/in/a", (A, B)))], "run")
    return data


@pytest.fixture
def linked(root: Path) -> Path:
    assert "3 entities of" in onrecord(root, "entities", "--rebuild").output
    return root


def onrecord(root: Path, *arguments: object) -> Result:
    with errors_shown():
        return CliRunner().invoke(cli, [*map(str, arguments), "--data", str(root)], catch_exceptions=False)


def rows(root: Path, *arguments: object) -> list[dict[str, Any]]:
    ran = onrecord(root, *arguments, "--json")
    assert ran.exit_code == 0, ran.output
    return [json.loads(line) for line in ran.output.splitlines()]


def names(root: Path) -> list[str]:
    return sorted(row["name"] for row in rows(root, "entities", "--canonical"))


def test_mentions_are_listed_as_before(root: Path) -> None:
    assert {row["canonical_name"] for row in rows(root, "entities", "--name", "marsh")} == {"Ada Marsh", "Adele Marsh"}
    assert "Okoro" in onrecord(root, "entities", "--name", "okoro").output


def test_before_a_rebuild_it_says_how_to_link(root: Path) -> None:
    assert "--rebuild" in onrecord(root, "entities", "--canonical").output
    assert rows(root, "entities", "--canonical") == []


def test_rebuild_twice(linked: Path) -> None:
    assert "Nothing changed: 3 entities" in onrecord(linked, "entities", "--rebuild").output
    assert "Ada Marsh" in onrecord(linked, "entities", "--canonical").output


def test_canonical_entities_are_filtered(linked: Path) -> None:
    assert [row["name"] for row in rows(linked, "entities", "--canonical", "--name", "ada marsh")] == ["Ada Marsh"]
    assert len(rows(linked, "entities", "--canonical", "--label", "PERSON", "--limit", 2)) == 2
    assert rows(linked, "entities", "--canonical", "--since", "2030-01-01") == []
    assert rows(linked, "entities", "--canonical", "--country", "ua") == [], "a person is no country"
    (ada,) = rows(linked, "entities", "--canonical", "--name", "ada marsh")
    mentions = rows(linked, "entities", "--entity", ada["entity_id"])
    assert {row["canonical_name"] for row in mentions} == {"Ada Marsh"}
    assert len(mentions) == ada["mention_count"]


def test_merge_by_names_and_revoke(linked: Path) -> None:
    ran = onrecord(linked, "entities", "--merge", "ada marsh", "Adele Marsh", "--by", "vera", "--reason", "byline")
    assert "Noted as decision" in ran.output
    assert names(linked) == ["Ada Marsh", "Ben Okoro"]
    quoted = {row["speaker_canonical"] for row in rows(linked, "quotes", "--speaker", "Ada Marsh")}
    assert quoted == {"Ada Marsh", "Adele Marsh"}
    (decision,) = rows(linked, "entities", "--decisions")
    assert (decision["kind"], decision["decided_by"], decision["reason"]) == ("merge", "vera", "byline")
    assert "merge" in onrecord(linked, "entities", "--decisions").output
    onrecord(linked, "entities", "--revoke", decision["decision_id"][:8])
    assert names(linked) == ["Ada Marsh", "Adele Marsh", "Ben Okoro"]


def test_split_by_the_first_characters_of_an_id(linked: Path) -> None:
    onrecord(linked, "entities", "--merge", "Ada Marsh", "Adele Marsh")
    (ada,) = rows(linked, "entities", "--canonical", "--name", "ada marsh")
    onrecord(linked, "entities", "--split", ada["entity_id"][:8], "--name", "Adele Marsh")
    assert names(linked) == ["Ada Marsh", "Adele Marsh", "Ben Okoro"]


CSV = """alias,label,canonical_name,external_id
Ben Okoro,PERSON,Benjamin A. Okoro,Q4242 isni:0001
"Adele Marsh",PERSON,Ada Marsh,
"""


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_file_of_aliases_is_taken_in_once(linked: Path, tmp_path: Path, kind: str) -> None:
    file = tmp_path / f"names.{kind}"
    file.write_text(CSV)
    if kind == "parquet":
        frame = pd.read_csv(tmp_path / f"names.{kind}", dtype=str)
        pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), file)
    onrecord(linked, "entities", "--aliases", file)
    assert names(linked) == ["Ada Marsh", "Benjamin A. Okoro"]
    (ben,) = rows(linked, "entities", "--canonical", "--name", "okoro")
    assert ben["external_ids"] == [{"name": "isni", "value": "0001"}, {"name": "wikidata", "value": "Q4242"}]
    assert "Nothing changed" in onrecord(linked, "entities", "--aliases", file).output
    assert len(rows(linked, "entities", "--decisions")) == 2


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("alias,label\nx,PERSON\n", "no column canonical_name"),
        ("alias,canonical_name,colour\nx,y,z\n", "its column colour is not known"),
        ("alias,canonical_name\n,y\n", "row 1 has no alias"),
        ("alias,canonical_name,external_id\nx,y,seven\n", "row 1: 'seven' is no external id"),
        ("", "is no table of aliases"),
    ],
)
def test_a_file_that_is_no_table_of_aliases_changes_nothing(
    linked: Path, tmp_path: Path, content: str, why: str
) -> None:
    file = tmp_path / "names.csv"
    file.write_text(content)
    with pytest.raises(ShownError, match=why):
        onrecord(linked, "entities", "--aliases", file)
    assert warehouse.open(linked).snapshot == 2


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--merge", "Ada Marsh", "Nobody"), "'Nobody' names 0 entities"),
        (("--merge", "Ada Marsh", "ADA MARSH"), "the same entity"),
        (("--split", "Ada Marsh", "--name", "Zoe"), "no document calls Ada Marsh"),
        (("--split", "Ada Marsh"), "needs --name"),
        (("--rebuild", "--canonical"), "Give one of"),
        (("--name", "a", "--name", "b"), "Several --name"),
        (("--country", "UA"), "goes with --canonical"),
        (("--revoke", "beef"), "no decision beef"),
    ],
)
def test_wrong_use_is_told_and_changes_nothing(linked: Path, arguments: tuple[str, ...], why: str) -> None:
    with pytest.raises(ShownError, match=why):
        onrecord(linked, "entities", *arguments)
    assert warehouse.open(linked).snapshot == 2


def test_an_ambiguous_name_is_told_with_its_ids(linked: Path) -> None:
    onrecord(linked, "entities", "--canonical")
    file = linked.parent / "names.csv"
    file.write_text("alias,label,canonical_name\nAdele Marsh,PERSON,Ada Marsh Jr.\nBen Okoro,PERSON,Zed Marsh\n")
    onrecord(linked, "entities", "--aliases", file)
    with pytest.raises(ShownError, match="names 0 entities"):
        onrecord(linked, "entities", "--merge", "Marsh", "Ada Marsh")


def test_json_of_a_rebuild(linked: Path) -> None:
    ran = onrecord(linked, "entities", "--rebuild", "--json")
    answer = json.loads(ran.output)
    assert (answer["snapshot"], answer["entities"], answer["added"]) == (None, 3, [])
