"""What pages say is printed is printed: each snippet is run; and the cookbook has a question for each promise."""

import re
import shlex
from pathlib import Path

import click
import pytest

from flows.cli import cli
from tests.cookbook import PAGES, ROOT, Snippet, make_warehouse, refreshed, results, snippets

FOUND = {page: snippets(page.read_text("utf-8")) for page in PAGES}
EACH = [(page, number) for page in PAGES for number in range(len(FOUND[page]))]
COOKBOOK = FOUND[ROOT / "docs" / "cookbook.md"]
MOST_USEFUL = 5
QUESTIONS = 15
_SHOWN_ONLY = re.compile(r"^```(?:sh|console)\n(.*?)^```", re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, list[str]]:
    folder: Path = tmp_path_factory.mktemp("cookbook")
    make_warehouse(folder / "data")
    return {page: results(folder, page) for page in PAGES}


def _name(value: Path | int) -> str:
    return value.stem if isinstance(value, Path) else str(value)


@pytest.mark.model
@pytest.mark.parametrize(("page", "number"), EACH, ids=_name)
def test_a_snippet_prints_what_the_page_says(printed: dict[Path, list[str]], page: Path, number: int) -> None:
    assert printed[page][number] == FOUND[page][number].result, "make cookbook writes the results anew"


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_piece_of_python_has_a_result(page: Path) -> None:
    text, found = page.read_text("utf-8"), FOUND[page]
    assert text.count("```python") == sum(snippet.language == "python" for snippet in found) > 0
    assert text.count("```text") == len(found)
    assert all(snippet.result.strip() for snippet in found)
    assert refreshed(text, [snippet.result for snippet in found]) == text


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_command_is_one_with_these_options(page: Path) -> None:
    """Also those that are not run here, since they start a server or take minutes."""
    for block in _SHOWN_ONLY.findall(page.read_text("utf-8")):
        for line in block.splitlines():
            words = shlex.split(line.removeprefix("$ ").partition("|")[0], comments=True)
            if words[:1] != ["onrecord"]:
                continue
            command = cli.commands[words[1]]
            try:
                command.make_parser(click.Context(command)).parse_args(words[2:])
            except click.UsageError as error:
                pytest.fail(f"{line}: {error}")


def test_there_are_questions_enough() -> None:
    questions = {snippet.heading for snippet in COOKBOOK if snippet.heading.endswith("?")}
    assert len(questions) >= QUESTIONS
    for other in ("DuckDB", "Polars"):
        asked = {snippet.heading.removesuffix(f" ({other})") for snippet in COOKBOOK if f"({other})" in snippet.heading}
        assert len(asked) == MOST_USEFUL
        assert all(any(question.startswith(title.rstrip("?")) for question in questions) for title in asked)


def test_shell_with_a_result_is_told_from_shell_without() -> None:
    page = "# A\n\n```sh\nls\n```\n\ntext\n\n```sh\necho a\n```\n\n```text\na\n```\n"
    assert snippets(page) == [Snippet("A", "sh", "echo a\n", "a\n", 10)]
