"""The cookbook is true: each snippet prints what the page says, and there is a question for each promise."""

from pathlib import Path

import pytest

from tests.cookbook import PAGE, make_warehouse, refreshed, results, snippets

FOUND = snippets(PAGE.read_text("utf-8"))
MOST_USEFUL = 5
QUESTIONS = 15


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder: Path = tmp_path_factory.mktemp("cookbook")
    make_warehouse(folder / "data")
    return results(folder)


@pytest.mark.model
@pytest.mark.parametrize("number", range(len(FOUND)), ids=[snippet.heading for snippet in FOUND])
def test_a_snippet_prints_what_the_page_says(printed: list[str], number: int) -> None:
    assert printed[number] == FOUND[number].result, "make cookbook writes the results anew"


def test_every_piece_of_python_has_a_result() -> None:
    page = PAGE.read_text("utf-8")
    assert page.count("```python") == page.count("```text") == len(FOUND)
    assert all(snippet.result.strip() for snippet in FOUND)
    assert refreshed(page, [snippet.result for snippet in FOUND]) == page


def test_there_are_questions_enough() -> None:
    questions = {snippet.heading for snippet in FOUND if snippet.heading.endswith("?")}
    assert len(questions) >= QUESTIONS
    for other in ("DuckDB", "Polars"):
        asked = {snippet.heading.removesuffix(f" ({other})") for snippet in FOUND if f"({other})" in snippet.heading}
        assert len(asked) == MOST_USEFUL
        assert all(any(question.startswith(title.rstrip("?")) for question in questions) for title in asked)
