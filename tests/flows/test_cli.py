"""The ``onrecord`` command: exit codes, errors in a sentence, and its answers on a warehouse of the seeds."""

import io
import json
import re
import signal
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import pytest

from flows import cli as package
from flows.cli import cli, main
from flows.cli.common import EXIT_INTERRUPTED, ShownError
from flows.cli.query import beginning
from tests.flows.landing import article, write_text
from warehouse.tables import TABLES

COMMANDS = (
    "ingest",
    "annotate",
    "quotes",
    "entities",
    "documents",
    "rejects",
    "show",
    "export",
    "evaluate",
    "explore",
    "status",
    "verify",
    "publish",
    "tables",
    "reannotate",
    "compact",
    "forget",
    "up",
)


SAMPLE = "479a"
"""How the document_id of the given sample begins; the docs and the help name it."""


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def onrecord(monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """The command in this process, with the error handling of the console script."""

    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["onrecord", *map(str, arguments)])
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
            main()
        assert isinstance(ended.value.code, int)
        return Ran(ended.value.code, out.getvalue(), err.getvalue())

    return run


def assert_told_in_a_sentence(ran: Ran, code: int, *words: str) -> None:
    assert ran.code == code, ran.err
    assert "Traceback" not in ran.err
    assert ran.err.strip().endswith("."), ran.err
    assert all(word in ran.err for word in words), ran.err


def test_the_commands_are_those_of_the_guide() -> None:
    assert tuple(cli.commands) == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example_and_explains_each_option(onrecord: Any, command: str) -> None:
    ran = onrecord(command, "--help")
    assert ran.code == 0
    assert "Example" in ran.out
    assert f"onrecord {command} " in ran.out.split("Example")[1]
    options = [option for option in cli.commands[command].params if isinstance(option, click.Option)]
    assert all(option.help for option in options)


def test_help_answers_without_loading_anything_heavy() -> None:
    program = (
        "import sys\nfrom flows.cli import cli\ncli(['ingest', '--help'], standalone_mode=False)\n"
        "print(sorted({'prefect', 'spacy', 'pandas', 'pyarrow', 'pydantic'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_a_gpu_that_is_not_there_is_told_before_anything_starts(onrecord: Any, tmp_path: Path) -> None:
    import spacy

    if spacy.prefer_gpu():
        spacy.require_cpu()
        pytest.skip("this machine has a GPU")
    write_text(tmp_path / "in" / "0.txt", article(0))
    ran = onrecord("ingest", tmp_path / "in", "--data", tmp_path / "data", "--gpu")
    assert_told_in_a_sentence(ran, 1, "no GPU that spaCy can use", "--gpu")
    assert not (tmp_path / "data").exists()


def test_version(onrecord: Any) -> None:
    assert onrecord("--version").out.startswith("onrecord ")


@pytest.mark.parametrize(
    "arguments",
    [
        ("ingest",),
        ("ingest", "x", "--workers", "-1"),
        ("quotes", "--type", "shouted"),
        ("quotes", "--since", "yesterday"),
        ("documents", "--limit", "0"),
        ("tables", "nonsense"),
        ("no-such-command",),
        ("annotate", "no-such-file.jsonl", "out.jsonl"),
    ],
    ids=" ".join,
)
def test_wrong_use_ends_with_2(onrecord: Any, arguments: tuple[str, ...]) -> None:
    assert_told_in_a_sentence(onrecord(*arguments), 2, "Error")


def test_a_missing_source_ends_with_2_and_says_what_to_do(onrecord: Any, tmp_path: Path) -> None:
    assert_told_in_a_sentence(onrecord("ingest", tmp_path / "none*"), 2, "Error: ", "none*")


@pytest.mark.parametrize("command", ["quotes", "entities", "documents", "status", "show", "verify"])
def test_a_folder_that_is_no_warehouse_ends_with_2(onrecord: Any, tmp_path: Path, command: str) -> None:
    extra = ("0a",) if command == "show" else ()
    assert_told_in_a_sentence(onrecord(command, *extra, "--data", tmp_path), 2, str(tmp_path), "onrecord ingest")


def test_a_model_that_is_not_installed_ends_with_1(onrecord: Any, tmp_path: Path) -> None:
    source = write_text(tmp_path / "in.jsonl", json.dumps({"text": "He ran."}) + "\n")
    ran = onrecord("annotate", source, tmp_path / "out.jsonl", "--model", "xx_no_such_model")
    assert_told_in_a_sentence(ran, 1, "xx_no_such_model", "--model")
    assert not (tmp_path / "out.jsonl").exists()


def test_annotate_refuses_to_write_over_its_input(onrecord: Any, tmp_path: Path) -> None:
    source = write_text(tmp_path / "in.jsonl", "{}\n")
    assert_told_in_a_sentence(onrecord("annotate", source, source), 2, "same file")
    assert source.read_text() == "{}\n"


@pytest.mark.model
def test_annotate_leaves_bad_lines_out_and_ends_with_3(onrecord: Any, tmp_path: Path) -> None:
    good = json.dumps({"id": "a", "text": article(1)})
    source = write_text(tmp_path / "in.jsonl.gz", f"{good}\nnonsense\n")
    ran = onrecord("annotate", source, tmp_path / "out.jsonl")
    assert_told_in_a_sentence(ran, 3, f"{source}:2: not JSON", "1 of 2 lines were left out")
    (value,) = map(json.loads, (tmp_path / "out.jsonl").read_text("utf-8").splitlines())
    assert value["id"] == "a"
    assert len(value["quotes"]) >= 2
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".part")] == []


def test_an_interruption_ends_with_130(onrecord: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(package.tables, "invoke", interrupted)
    ran = onrecord("tables")
    assert (ran.code, ran.err) == (128 + signal.SIGINT, "\nInterrupted.\n")


def test_what_somebody_stopped_is_no_error(onrecord: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise ShownError("Stopped.", EXIT_INTERRUPTED)

    monkeypatch.setattr(package.tables, "invoke", stopped)
    ran = onrecord("tables")
    assert (ran.code, ran.err) == (EXIT_INTERRUPTED, "Stopped.\n")


def test_a_mistake_of_ours_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def mistaken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(package.tables, "invoke", mistaken)
    monkeypatch.setattr(sys, "argv", ["onrecord", "tables"])
    with pytest.raises(ZeroDivisionError):
        main()


def test_a_reader_that_has_enough_is_no_error_to_shout_about() -> None:
    """As in ``onrecord tables --json | head -1``."""
    with subprocess.Popen(
        [sys.executable, "-c", "from flows.cli import main; main()", "tables", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""


def test_tables_names_every_column(onrecord: Any) -> None:
    told = json.loads(onrecord("tables", "--json").out)
    assert list(told) == list(TABLES)
    for name, table in TABLES.items():
        assert [column["name"] for column in told[name]["columns"]] == list(table.column_names)
        assert all(column["meaning"] for column in told[name]["columns"])
    ran = onrecord("tables", "quotes")
    assert all(name in ran.out for name in TABLES["quotes"].column_names)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("A short\n text.", "A short text."),
        ("word " * 30, "word " * 15 + "…"),
        ("橋" * 200, "橋" * 78 + " …"),
        ("", ""),
    ],
)
def test_a_text_begins_with_whole_words(text: str, shown: str) -> None:
    assert beginning(text) == shown


@pytest.mark.model
class TestOnTheSeeds:
    @pytest.fixture
    def ask(self, onrecord: Any, seeds_warehouse: Path) -> Any:
        return lambda command, *arguments: onrecord(command, *arguments, "--data", seeds_warehouse)

    def test_quotes_by_speaker(self, ask: Any) -> None:
        rows = ask("quotes", "--speaker", "lavrov", "--json").lines()
        assert {row["speaker_canonical"] for row in rows} == {"Sergey Lavrov"}
        assert {row["published_on"][:10] for row in rows} == {"2024-12-26"}
        assert "“A truce is a path to nowhere,”" in {row["content"] for row in rows}

    def test_quotes_filtered(self, ask: Any) -> None:
        (row,) = ask("quotes", "--text", "TRUCE is a path", "--type", "direct", "--json").lines()
        assert row["cue"] == "said"
        assert ask("quotes", "--text", "truce is a path", "--type", "indirect", "--json").lines() == []
        assert len(ask("quotes", "--limit", "3", "--json").lines()) == 3

    def test_days_are_both_included(self, ask: Any) -> None:
        day = ("--since", "2024-12-26", "--until", "2024-12-26")
        rows = ask("documents", *day, "--json").lines()
        assert rows
        assert {row["published_on"][:10] for row in rows} == {"2024-12-26"}
        assert ask("documents", "--since", "2024-12-27", "--until", "2024-12-26", "--json").lines() == []

    def test_newest_first(self, ask: Any) -> None:
        days = [row["published_on"] for row in ask("documents", "--json", "--limit", "500").lines()]
        dated = [day for day in days if day]
        assert dated == sorted(dated, reverse=True)

    def test_entities_by_name_and_label(self, ask: Any) -> None:
        rows = ask("entities", "--name", "Kellogg", "--label", "PERSON", "--json").lines()
        assert {row["canonical_name"] for row in rows} == {"Keith Kellogg"}

    @pytest.mark.parametrize("command", ["quotes", "entities", "documents"])
    def test_tables_for_people(self, ask: Any, command: str) -> None:
        ran = ask(command, "--limit", "2", "--since", "2024-12-26", "--until", "2024-12-26")
        assert ran.code == 0
        assert "2024-12-26" in ran.out

    @pytest.mark.parametrize(
        ("command", "words"),
        [
            ("quotes", ["published", "canonical", "type", "document", "indirect", "Lavrov"]),
            ("documents", ["published", "document", "quotes", "entities"]),
            ("entities", ["published", "canonical", "label", "document", "PERSON"]),
        ],
    )
    def test_a_narrow_terminal_cuts_no_word_of_a_heading(
        self, ask: Any, monkeypatch: pytest.MonkeyPatch, command: str, words: list[str]
    ) -> None:
        monkeypatch.setenv("COLUMNS", "80")
        ran = ask(command, "--document", SAMPLE)
        assert [word for word in words if word not in ran.out] == []
        assert max(map(len, ran.out.splitlines())) <= 80

    def test_a_column_that_says_nothing_takes_no_room(self, ask: Any) -> None:
        assert "publisher" not in ask("documents", "--document", SAMPLE).out
        assert "publisher" in ask("documents", "--limit", "50").out

    @pytest.mark.parametrize("command", ["quotes", "entities", "documents"])
    def test_a_document_by_the_first_characters(self, ask: Any, command: str) -> None:
        (whole,) = {row["document_id"] for row in ask(command, "--document", SAMPLE, "--json").lines()}
        assert whole.startswith(SAMPLE)
        assert_told_in_a_sentence_or_hint(ask(command, "--document", "zzz"), "No document begins")

    @pytest.mark.parametrize("command", ["show", "export"])
    def test_the_example_of_the_help_works(self, ask: Any, tmp_path: Path, monkeypatch: Any, command: str) -> None:
        monkeypatch.chdir(tmp_path)
        (example,) = re.findall(rf"Example: onrecord ({command} [^\n(]+)", ask(command, "--help").out)
        assert ask(*example.split()).code == 0

    def test_no_rows_is_said(self, ask: Any) -> None:
        assert ask("quotes", "--speaker", "Nobody Atall").out.strip() == "No rows."

    def test_show_by_the_first_characters(self, ask: Any) -> None:
        (row,) = ask("quotes", "--text", "truce is a path", "--json").lines()
        whole = row["document_id"]
        shown = json.loads(ask("show", whole[:10], "--json").out)
        assert shown["document"]["document_id"] == whole
        assert len(shown["quotes"]) == shown["document"]["quote_count"]
        assert len(shown["entities"]) == shown["document"]["entity_count"]
        page = ask("show", whole)
        assert "A truce is a path to nowhere" in page.out
        assert "2024-12-26" in page.out

    @pytest.mark.parametrize(("prefix", "words"), [("", "documents begin"), ("zzz", "No document begins")])
    def test_show_wants_one_document(self, ask: Any, prefix: str, words: str) -> None:
        assert_told_in_a_sentence_or_hint(ask("show", prefix), words)

    @pytest.mark.parametrize("command", ["quotes", "entities", "documents"])
    def test_one_document_by_the_first_characters(self, ask: Any, command: str) -> None:
        (row,) = ask("quotes", "--text", "truce is a path", "--json").lines()
        whole = row["document_id"]
        rows = ask(command, "--document", whole[:10], "--json").lines()
        assert rows == ask(command, "--document", whole, "--json").lines()
        assert {row["document_id"] for row in rows} == {whole}

    @pytest.mark.parametrize("command", ["quotes", "entities", "documents"])
    @pytest.mark.parametrize(("prefix", "words"), [("", "documents begin"), ("zzz", "No document begins")])
    def test_rows_of_one_document_want_one(self, ask: Any, command: str, prefix: str, words: str) -> None:
        ran = ask(command, "--document", prefix)
        assert_told_in_a_sentence_or_hint(ran, words)
        assert ran.out == ""

    def test_status(self, ask: Any, seeds_warehouse: Path) -> None:
        told = json.loads(ask("status", "--json").out)
        assert told["snapshot"] == 1
        assert told["staged_batches"] == 0
        assert told["rows"]["documents"] == told["runs"][0]["documents_added"] > 40
        assert [run["state"] for run in told["runs"]] == ["completed"]
        assert str(seeds_warehouse) in ask("status").out.replace("\n", "")


def assert_told_in_a_sentence_or_hint(ran: Ran, words: str) -> None:
    assert ran.code == 2
    assert words in ran.err
    assert "Traceback" not in ran.err
