"""A hostile article in the terminal, in the Prefect UI and in files: shown, and obeyed by nobody."""

import csv
import io
import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from markdown_it import MarkdownIt

from flows import charts
from flows.cli import cli
from flows.markdown import cell, code, table, table_cell
from flows.report import _reject_rows
from tests.flows.hostile import make, rows
from tests.flows.test_report import report
from tests.transforms.display.articles import HOSTILE_WORDS
from transforms.display.visible import visible

COLOURS = re.compile(r"\x1b\[[0-9;]*m")
CALCULATED = tuple("=+-@\t\r\n")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("hostile") / "data")


@pytest.fixture
def run(data: Path) -> Any:
    def run_(*arguments: object, colour: bool = False) -> str:
        environment = {"COLUMNS": None, "FORCE_COLOR": "1" if colour else None, "TERM": "xterm-256color"}
        ran = CliRunner(env=environment).invoke(
            cli, [*map(str, arguments), "--data", str(data)], catch_exceptions=False, color=True
        )
        assert ran.exit_code == 0, ran.output
        return ran.output

    return run_


@pytest.mark.parametrize("command", ["show", "quotes", "entities", "documents", "rejects", "status"])
@pytest.mark.parametrize("colour", [False, True])
def test_no_command_hands_a_control_sequence_to_the_terminal(run: Any, command: str, colour: bool) -> None:
    arguments = (rows()[0].document_id,) if command == "show" else ()
    printed = run(command, *arguments, colour=colour)
    plain = COLOURS.sub("", printed)
    assert visible(plain) == plain
    assert max(map(len, plain.splitlines())) <= 80
    if command != "status":
        assert "⟨U+" in plain, "what acts is seen"
    if not colour:
        assert printed == plain, "no colours where nobody sees them"
    if command == "show":
        told = " ".join(plain.split())
        for name in ("script", "comment", "template", "right to left"):
            assert HOSTILE_WORDS[name] in told.replace("\n", ""), name
        assert (printed != plain) == colour


def test_markup_in_a_cell_stays_as_written(run: Any) -> None:
    told = run("rejects")
    assert all(words in told for words in ("[bold", "[/bold", "[/nothing]", "[link"))


@pytest.mark.parametrize("command", ["quotes", "entities", "documents", "rejects"])
def test_json_keeps_the_values_and_nothing_acts(run: Any, command: str) -> None:
    printed = run(command, "--json")
    assert visible(printed) == printed
    values = [json.loads(line) for line in printed.splitlines()]
    if command == "quotes":
        assert {row["content"] for row in values} == {row.content for row in rows()[2]}


def test_files_hold_the_values(run: Any, tmp_path: Path) -> None:
    words = {row.content for row in rows()[2]}
    for name in ("q.csv", "q.jsonl", "q.parquet"):
        run("quotes", "-o", tmp_path / name)
    assert set(pq.read_table(tmp_path / "q.parquet").column("content").to_pylist()) == words
    lines = (tmp_path / "q.jsonl").read_text("utf-8").split("\n")
    assert {json.loads(line)["content"] for line in lines if line} == words
    assert set(pd.read_csv(tmp_path / "q.csv")["content"]) == words, "quotes begin with a mark"


def test_no_cell_of_a_csv_file_is_calculated(run: Any, tmp_path: Path) -> None:
    for command in ("quotes", "entities", "documents"):
        target = tmp_path / f"{command}.csv"
        run(command, "--csv", "-o", target)
        with target.open(encoding="utf-8-sig", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        text = [cell for cell in cells if not re.fullmatch(r"-?[0-9.]+", cell)]
        assert not [cell for cell in text if cell.lstrip(" \"'").startswith(CALCULATED) and cell[0] != "'"]
    assert "'=HYPERLINK" in (tmp_path / "entities.csv").read_text("utf-8")


@pytest.mark.parametrize("form", ["webannotation", "brat"])
def test_annotation_files_hold_the_text(run: Any, tmp_path: Path, form: str) -> None:
    document = rows()[0]
    target = tmp_path / "article.ann"
    run("export", document.document_id[:8], "--format", form, "-o", target)
    if form == "brat":
        assert target.with_suffix(".txt").read_bytes().decode() == document.text
        assert (tmp_path / "annotation.conf").exists()
    else:
        items = json.loads(target.read_text("utf-8"))["items"]
        exact = [item["target"]["selector"][1]["exact"] for item in items]
        assert [row.content for row in rows()[2]] == [words for words in exact if words.startswith("“")]


# What goes to the Prefect UI -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [pytest.param(words, id=name) for name, words in HOSTILE_WORDS.items()])
def test_markdown_of_a_run_has_no_markup_of_an_article(words: str) -> None:
    written = table(("speaker", "file"), [(words, code(words))]) + f"\n\n# {cell(words)}\n"
    assert visible(written) == written
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(written)
    for tag in ("<img", "<a ", "<script", "<svg", "<!--"):
        assert tag not in html
    heading = unescape(re.sub(r"<[^>]+>", "", html.partition("<h1>")[2]))
    assert visible(words).split()[0] in heading, "and it is shown"


def test_the_summary_of_a_run_with_hostile_names() -> None:
    names = list(HOSTILE_WORDS.values())
    from flows.summary import summary

    written = summary(report(top_speakers=[(name, 3) for name in names], slowest=[(0.5, name) for name in names]))
    assert visible(written) == written
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(written)
    assert re.findall(r'<img src="(?!data:image/svg)', html) == []
    assert not re.search(r"<(a|script|svg)\b", html)


def test_a_chart_with_hostile_labels_is_xml() -> None:
    import base64
    from xml.etree import ElementTree

    drawn = charts.bars("Speakers", [(name, 1.0) for name in HOSTILE_WORDS.values()])
    (picture,) = re.findall(r"base64,([^)]+)\)", drawn)
    tree = ElementTree.parse(io.BytesIO(base64.b64decode(picture)))
    assert {part.tag.rpartition("}")[2] for part in tree.iter()} == {"svg", "g", "text", "rect"}


def test_the_table_of_rejects_has_no_links_and_nothing_that_acts(data: Path) -> None:
    (row,) = _reject_rows(report(run_id="run", data=str(data), rejects={"bad_json": 1}))
    for value in row.values():
        assert "](" not in str(value)
        assert visible(str(value)) == str(value)
    assert table_cell(7) == 7
