"""Files and folders named to steer a terminal, or to begin a line like one of ours: told, and obeyed by nobody."""

import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from flows.cli import cli, main
from flows.cli.ingest import _print
from tests.flows.test_report import report
from tests.warehouse.factory import Article, File, stage
from transforms.display.visible import visible
from warehouse import compact
from warehouse.commit import commit

NAME = "news\x1b[2J\x9b1m\u202e\r\nError: forged"
"""Clears the screen, turns the writing round, and ends its line."""
ARTICLE, COPY = Article("a", text="Words of both."), Article("b", text="Words of both.")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    data = tmp_path / NAME
    commit(data, [stage(data, File("/in/a", (ARTICLE,)), File("/in/b", (COPY,)))], "run-1")
    commit(data, [stage(data, File(f"/in/{NAME}", (Article("c"),)))], "run-2")
    compact(data)
    return data


def assert_harmless(printed: str) -> None:
    assert visible(printed) == printed
    assert not any(line.startswith("Error: forged") for line in printed.splitlines())
    assert "⟨U+001B⟩[2J" in printed, "what acts is seen"
    assert "⟨U+000A⟩Error: forged" in printed


@pytest.mark.parametrize(
    "arguments",
    [
        ("compact",),
        ("verify",),
        ("status", "--changes"),
        ("quotes", "--jsonl", "-o", "{file}"),
        ("show", ARTICLE.document_id, "--html", "-o", "{file}"),
        ("export", ARTICLE.document_id, "--format", "webannotation", "-o", "{file}"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_lines_of_commands(root: Path, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    given = [argument.format(file=tmp_path / f"out-{NAME}") for argument in arguments]
    ran = CliRunner().invoke(cli, [*given, "--data", str(root)], catch_exceptions=False)
    assert ran.exit_code == 0, ran.output
    assert_harmless(ran.output)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("ingest", f"/nowhere/{NAME}"), 2),
        (("quotes", "--document", NAME), 2),
        (("quotes", "--csv", "-o", f"/dev/null/{NAME}"), 1),
        (("entities", "--aliases", f"/nowhere/{NAME}"), 2),
        (("forget", NAME), 1),
        (("reannotate", "--where", NAME), 2),
        (("publish", "place", "--storage-option", NAME), 2),
        (("publish", f"file:///dev/null/{NAME}"), 1),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_errors_of_commands(
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    code: int,
) -> None:
    monkeypatch.setattr(sys, "argv", ["onrecord", *arguments, "--data", str(root)])
    with pytest.raises(SystemExit) as ended:
        main()
    printed = capsys.readouterr()
    assert (ended.value.code, printed.out) == (code, "")
    assert visible(printed.err) == printed.err
    assert "[2J" in printed.err
    assert not any(line.startswith("Error: forged") for line in printed.err.splitlines())


def test_the_last_lines_of_an_ingest(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told: Any = report(data=str(root), rejects={NAME: 2})
    _print(told, 0.5, as_json=False)
    assert_harmless(capsys.readouterr().out)
