"""The marked article as a page of its own: no script at all, so it opens at once, prints, and cannot be made to act."""

import base64
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import Any

from flows.explore.articles import Article, Stretch, article_lines, spans, stretches
from flows.explore.database import Database
from flows.explore.markup import address, day, outside, plain, shown, text_or

STYLE = files("flows").joinpath("data", "explore.css").read_text("utf-8")
"""Shared with the explorer's other pages."""

POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; img-src 'self'; "
    f"style-src 'sha256-{base64.b64encode(sha256(STYLE.encode()).digest()).decode()}'"
)
"""Content security policy: this one style sheet and nothing else."""

_QUOTES = ("direct", "mixed", "indirect")
_LEGEND = (
    ("direct", "direct quote"),
    ("mixed", "mixed"),
    ("indirect", "indirect"),
    ("speaker", "speaker"),
    ("cue", "cue"),
    ("entity", "name"),
)


def article_page(database: Database, found: Article) -> str:
    """A whole HTML page: the text with its marks, and beside it who said what."""
    document = found.document
    title = text_or(document["title"], "Untitled article")
    legend = "".join(f'<li><span class="{kind}">{name}</span></li>' for kind, name in _LEGEND)
    body = (
        f'<nav aria-label="Explorer"><a href="/">Explorer</a> · snapshot {database.snapshot}</nav>'
        f'<main><h1 dir="auto">{shown(title)}</h1><p class="facts">{_facts(document)}</p>'
        f'<ul class="legend" aria-label="Legend">{legend}</ul>'
        f'<div class="columns"><article class="text" dir="auto" aria-label="Text">{_text(found)}</article>'
        f'<section class="said" aria-labelledby="said"><h2 id="said">Who said what</h2>{_said(found)}</section></div>'
        f"<details><summary>Where it came from</summary><dl>{_origin(document)}</dl></details>"
        f"<details><summary>The same in pandas</summary><pre tabindex=0>"
        f"{shown(article_lines(database, document['document_id']))}</pre></details></main>"
    )
    return _page(title, body)


def missing_page(what: str) -> str:
    """A page that says that there is nothing here."""
    body = f'<main><h1>Not here</h1><p>{shown(what)}</p><p><a href="/">To the explorer</a></p></main>'
    return _page("Not here", body)


def _page(title: str, body: str) -> str:
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{escape(plain(title))} · onrecord</title><style>{STYLE}</style></head>"
        f'<body class="onrecord page">{body}</body></html>'
    )


def _facts(document: dict[str, Any]) -> str:
    parts = [shown(document["publisher"])] if isinstance(document["publisher"], str) else []
    parts += [day(document["published_on"]), f"{document['word_count']:,} words"]
    url = outside(document["url"])
    if url is not None:
        parts.append(f'<a href="{url}" rel="noopener noreferrer">{shown(document["url"])}</a>')
    if isinstance(document["duplicate_of"], str):
        parts.append(f'an exact copy of <a href="{address("/article/" + document["duplicate_of"])}">another</a>')
    parts += [f"warning: {shown(warning)}" for warning in document["warnings"]]
    return " · ".join(parts)


def _origin(document: dict[str, Any]) -> str:
    names = ("document_id", "source_path", "source_member", "source_record", "source_format", "run_id")
    given = [(name, document[name]) for name in names if document[name] is not None]
    return "".join(f"<dt>{name}</dt><dd>{shown(value)}</dd>" for name, value in given)


def _text(found: Article) -> str:
    text = str(found.document["text"])
    return "".join(_stretch(piece) for piece in stretches(text, spans(found)))


def _stretch(piece: Stretch) -> str:
    """A number before the first letter of each quote leads to what is known of it; no mark hides another.

    The numbers are drawn by the style sheet, so that the text of the element is the article's, letter by letter.
    """
    numbers = [span.number for span in piece.opened if span.kind in _QUOTES]
    doors = "".join(
        f'<a class="door" id="quote-{number}" href="#said-{number}" aria-label="Quote {number}" '
        f'data-number="{number}"></a>'
        for number in numbers
    )
    kinds = dict.fromkeys(span.kind for span in piece.over)
    quote = next((kind for kind in _QUOTES if kind in kinds), None)  # a direct quote shows inside an indirect one
    classes = [kind for kind in kinds if kind not in _QUOTES] + ([quote] if quote else [])
    if not classes:
        return doors + shown(piece.text)
    note = "; ".join(dict.fromkeys(span.note for span in piece.over if span.note))
    title = f' title="{escape(plain(note))}"' if note else ""
    tag = "mark" if quote else "span"
    return f'{doors}<{tag} class="{" ".join(classes)}"{title}>{shown(piece.text)}</{tag}>'


def _said(found: Article) -> str:
    if found.quotes.empty:
        return "<p>No quotes were found in it.</p>"
    items = []
    row: Any
    for row in found.quotes.itertuples():
        who = shown(text_or(row.speaker_canonical, "nobody named"))
        if isinstance(row.speaker_key, str):
            who = f'<a href="{address("/", who=row.speaker_key)}">{who}</a>'
        details = [("as written", row.speaker), ("cue", row.cue), ("to", row.addressee), ("via", row.via)]
        facts = "".join(
            f"<dt>{name}</dt><dd dir=auto>{shown(value)}</dd>"
            for name, value in details
            if isinstance(value, str) and value
        )
        facts += f"<dt>found by</dt><dd>{shown(row.attribution_method)}, confidence {row.confidence:.2f}</dd>"
        items.append(
            f'<li id="said-{row.quote_index}"><p><a class="door" href="#quote-{row.quote_index}" '
            f'aria-label="Quote {row.quote_index} in the text" data-number="{row.quote_index}"></a> '
            f'<b dir="auto">{who}</b> <span class="{row.quote_type}">{row.quote_type}</span></p>'
            f'<p class="content" dir="auto">{shown(row.content)}</p><dl>{facts}</dl></li>'
        )
    return f"<ol>{''.join(items)}</ol>"
