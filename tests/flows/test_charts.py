"""Pictures inside Markdown: well-formed, and closed against whatever a label holds."""

import base64
import re
from xml.etree import ElementTree

import pytest

from flows import charts

SVG = "{http://www.w3.org/2000/svg}"


def svg(markdown: str) -> ElementTree.Element:
    found = re.fullmatch(r"!\[([^\]]*)\]\(data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)\)", markdown)
    assert found, markdown[:80]
    return ElementTree.fromstring(base64.b64decode(found[2]))


def test_bars_are_as_long_as_their_numbers() -> None:
    drawn = svg(charts.bars("Seconds", [("read", 1.0), ("annotate", 4.0)], " s"))
    widths = [float(bar.get("width", "0")) for bar in drawn.iter(f"{SVG}rect")][1:]
    assert widths[1] == pytest.approx(4 * widths[0], rel=0.01)
    texts = [text.text for text in drawn.iter(f"{SVG}text")]
    assert texts == ["Seconds", "read", "1 s", "annotate", "4 s"]


def test_a_line_marks_the_last_run() -> None:
    drawn = svg(charts.line("Quotes", [1.0, 2.0, 9.5], warn=True))
    *_, last = drawn.iter(f"{SVG}circle")
    assert last.get("fill") == charts.RED
    assert len(list(drawn.iter(f"{SVG}circle"))) == 3
    higher, lower = (float(circle.get("cy", "0")) for circle in list(drawn.iter(f"{SVG}circle"))[1:])
    assert lower < higher, "more is higher up"


@pytest.mark.parametrize("label", ["<script>alert(1)</script>", "a & b", "](http://x)", "x" * 500, "“Ö” 漢字", ""])
def test_any_label_is_text(label: str) -> None:
    drawn = svg(charts.bars(label, [(label, 1.0)]))
    assert not list(drawn.iter("script"))
    assert not list(drawn.iter(f"{SVG}script"))


@pytest.mark.parametrize("values", [[], [1.0]])
def test_nothing_to_draw_gives_no_picture(values: list[float]) -> None:
    assert charts.line("x", values) == ""
    assert charts.bars("x", []) == ""


def test_level_lines_and_empty_bars_are_drawn() -> None:
    svg(charts.line("x", [0.0, 0.0, 0.0]))
    svg(charts.bars("x", [("a", 0.0)]))
