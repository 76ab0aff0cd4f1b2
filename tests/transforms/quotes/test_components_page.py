"""The examples of docs/components.md print what the page says, and its tables name what there is."""

import contextlib
import io
import re
from dataclasses import fields
from pathlib import Path

import pytest

from transforms.annotate.pipeline import AFTER, BEFORE
from transforms.names.components import BorderSteps, GazetteerSteps, LabelSteps
from transforms.quotes.components import QuoteSteps
from transforms.quotes.spans import QuoteSpan

pytestmark = pytest.mark.model
PAGE = (Path(__file__).resolve().parents[3] / "docs" / "components.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```\n\n```\n(.*?)```", PAGE, re.DOTALL)


def test_every_example_shows_its_output() -> None:
    assert len(EXAMPLES) == PAGE.count("```python") > 0


@pytest.mark.parametrize(("code", "output"), EXAMPLES)
def test_an_example_prints_what_the_page_says(code: str, output: str) -> None:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(code, {})
    assert printed.getvalue() == output


QUOTATIONS, NAMES = PAGE.split("\n## Names and speakers\n")


def named_in_tables(part: str) -> set[str]:
    rows = re.findall(r"^\| (`.*?) \|", part, re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`(\w+)`", row)}


def test_every_attribute_and_switch_of_quotations_is_on_the_page() -> None:
    assert {field.name for field in (*fields(QuoteSpan), *fields(QuoteSteps))} == named_in_tables(QUOTATIONS)


def test_every_component_and_switch_of_names_is_on_the_page() -> None:
    assert named_in_tables(NAMES) == {*BEFORE, *AFTER} - {"onrecord_quotes"}
    switches = {
        name for row in re.findall(r"^\|.*\|(.*)\|$", NAMES, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)
    }
    assert switches == {field.name for steps in (BorderSteps, GazetteerSteps, LabelSteps) for field in fields(steps)}
