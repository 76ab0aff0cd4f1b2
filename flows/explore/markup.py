"""HTML of what the warehouse holds. Everything that comes from an article is escaped here and nowhere else."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

import pandas as pd

from transforms.display.visible import visible

STYLE = files("flows").joinpath("data", "explore.css").read_text("utf-8")
"""Of what is put on Streamlit's page."""


def shown(text: object) -> str:
    """Text as HTML: escaped, and with what acts named, such as ``⟨U+202E⟩``, so that it turns nothing."""
    return escape(visible(str(text)))


def plain(text: object) -> str:
    """The same for places that take text and not HTML, such as menus."""
    return visible(str(text))


def place(path: str, **query: object) -> str:
    """An address within the explorer; what is None is left out."""
    given = {name: value for name, value in query.items() if value is not None}
    return f"{path}?{urlencode(given)}" if given else path


def address(path: str, **query: object) -> str:
    """The same, ready for an ``href``."""
    return escape(place(path, **query))


@dataclass(frozen=True)
class Cell:
    """A cell of a table: text, and where it leads."""

    text: object
    href: str | None = None


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table with a caption; the first cell of each row is its head; numbers and their heads stand to the right."""
    listed = list(rows)
    numbers = [bool(listed) and _is_number(listed[0][at]) for at in range(len(heads))]
    head = "".join(
        f'<th scope="col"{" class=number" if number else ""}>{shown(name)}</th>'
        for name, number in zip(heads, numbers, strict=True)
    )
    body = "".join(f"<tr>{_first(row[0])}{''.join(_cell(value) for value in row[1:])}</tr>" for row in listed)
    # A box that scrolls must be reachable by the keyboard.
    return (
        f'<div class="onrecord box" role="region" tabindex="0" aria-label="{escape(caption)}">'
        f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def note(text: object) -> str:
    """A line of small print."""
    return f'<p class="onrecord facts">{shown(text)}</p>'


def unfolding(summary: str, code: str) -> str:
    """Lines of code under a summary that unfolds them; one click selects them all."""
    return (
        f'<details class="onrecord"><summary>{shown(summary)}</summary>'
        f'<pre tabindex=0 class="code">{shown(code)}</pre></details>'
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _first(value: object) -> str:
    return f'<th scope="row" dir="auto">{_content(value)}</th>'


def _cell(value: object) -> str:
    return f"<td{' class=number' if _is_number(value) else ' dir=auto'}>{_content(value)}</td>"


def _content(value: object) -> str:
    if isinstance(value, Cell):
        inner = _content(value.text)
        return f'<a href="{value.href}">{inner}</a>' if value.href else inner
    if isinstance(value, int):
        return f"{value:,}"
    return shown(value)


def day(value: Any) -> str:
    """``2026-03-04``, or that there is none."""
    return "no date" if pd.isna(value) else f"{value:%Y-%m-%d}"


def text_or(value: Any, otherwise: str) -> str:
    """The text, or something else where it is null or empty."""
    return value if isinstance(value, str) and value else otherwise


def quote_list(quotes: pd.DataFrame, snapshot: int, words: re.Pattern[str] | None = None) -> str:
    """Quotes with who, how and where; each leads to its place in the marked article."""
    items = "".join(_quote(row, snapshot, words) for row in quotes.to_dict("records"))
    return f'<ol class="onrecord quotes">{items}</ol>'


def _quote(row: Mapping[Any, Any], snapshot: int, words: re.Pattern[str] | None) -> str:
    place = address(f"/article/{row['document_id']}", snapshot=snapshot) + f"#ref-{row['quote_index']}"
    title = text_or(row["title"], "Untitled article")
    said = ", ".join(part for part in (row["speaker"], row["cue"]) if isinstance(part, str) and part)
    who = shown(text_or(row["speaker_canonical"], "nobody named"))
    if isinstance(row["speaker_key"], str):
        who = f'<a href="{address("/", who=row["speaker_key"])}">{who}</a>'
    outlet = f" — {shown(row['publisher'])}" if isinstance(row["publisher"], str) else ""
    return (
        f'<li><p class="content {row["quote_type"]}" dir="auto">{highlighted(row["content"], words)}</p>'
        f'<p class="facts"><b>{who}</b>{f" ({shown(said)})" if said else ""} · {day(row["published_on"])} · '
        f'<a href="{place}" dir="auto">{shown(title)}</a>{outlet}</p>'
        f'<p class="facts">{row["quote_type"]}, found by {shown(row["attribution_method"])}, '
        f"confidence {row['confidence']:.2f}</p></li>"
    )


def highlighted(text: str, words: re.Pattern[str] | None) -> str:
    """Text as HTML with what the pattern finds marked."""
    if words is None:
        return shown(text)
    parts, at = [], 0
    for found in words.finditer(text):
        parts += [shown(text[at : found.start()]), f"<mark>{shown(found[0])}</mark>"]
        at = found.end()
    return "".join([*parts, shown(text[at:])])


def word_pattern(word: str, whole: bool) -> re.Pattern[str]:
    """What to mark for a search word."""
    return re.compile(rf"(?<!\w){re.escape(word)}(?!\w)" if whole else re.escape(word), re.IGNORECASE)
