"""One article with its quotes and mentions, and the stretches that they mark."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pandas as pd

from flows.explore.database import Database


@dataclass(frozen=True)
class Article:
    """A stored article.

    Attributes:
        document: its row.
        quotes: their rows, by ``quote_index``; of an exact copy those of the document that stands for it.
        entities: the rows of its mentions, by ``start``.
    """

    document: dict[str, Any]
    quotes: pd.DataFrame
    entities: pd.DataFrame


def article(database: Database, document_id: str) -> Article | None:
    """The article of that id; None when the snapshot has none."""
    month = _month(database, document_id)
    if month is None:
        return None
    rows = database.long_frame("SELECT * FROM documents WHERE month = ? AND document_id = ?", [month, document_id])
    document: dict[str, Any] = {str(name): value for name, value in rows.iloc[0].items()}
    stands = document["duplicate_of"] if isinstance(document["duplicate_of"], str) else document_id
    key = [_month(database, stands), stands]
    quotes = database.long_frame("SELECT * FROM quotes WHERE month = ? AND document_id = ? ORDER BY quote_index", key)
    entities = database.long_frame(
        'SELECT * FROM entities WHERE month = ? AND document_id = ? ORDER BY start, "end"', key
    )
    return Article(document, quotes, entities)


def _month(database: Database, document_id: str) -> str | None:
    """The partition of a document: found in one column, so that the texts of the others stay closed."""
    found = database.frame("SELECT month FROM documents WHERE document_id = ?", [document_id])["month"].tolist()
    return str(found[0]) if found else None


def article_lines(database: Database, document_id: str) -> str:
    """The same rows in pandas."""
    return "\n".join(
        [
            "import warehouse",
            "",
            f"tables = warehouse.open({database.root!r}, snapshot={database.snapshot})",
            f"document = tables.documents(document_id={document_id!r}).iloc[0]",
            f"quotes = tables.quotes(document_id={document_id!r}).sort_values('quote_index')",
            "row = quotes.iloc[0]",
            "assert document['text'][row['content_start'] : row['content_end']] == row['content']",
        ]
    )


@dataclass(frozen=True)
class Span:
    """A marked stretch.

    Attributes:
        start, end: code points of the text, half-open.
        kind: ``direct``, ``mixed``, ``indirect``, ``cue``, ``speaker`` or ``entity``.
        number: the quote's index; None for mentions.
        note: what to say about it.
    """

    start: int
    end: int
    kind: str
    number: int | None = None
    note: str = ""


def spans(found: Article) -> list[Span]:
    """Everything that is marked in an article."""
    marked = []
    row: Any
    for row in found.quotes.itertuples():
        number = int(row.quote_index)
        marked.append(Span(row.content_start, row.content_end, row.quote_type, number))
        for kind in ("cue", "speaker"):
            start = getattr(row, f"{kind}_start")
            if start >= 0:
                marked.append(Span(start, getattr(row, f"{kind}_end"), kind, number))
    for row in found.entities.itertuples():
        marked.append(Span(row.start, row.end, "entity", None, f"{row.label}: {row.canonical_name}"))
    return marked


@dataclass(frozen=True)
class Stretch:
    """A piece of the text over which the same spans lie."""

    text: str
    over: tuple[Span, ...]
    opened: tuple[Span, ...]
    """Those of ``over`` that begin here."""


def stretches(text: str, marked: list[Span]) -> Iterator[Stretch]:
    """The whole text, cut wherever a span begins or ends; spans may nest and overlap as they like.

    Put together again, the stretches are the text. Spans that reach out of it are cut to it.
    """
    length = len(text)
    inside = [span for span in marked if 0 <= span.start < min(span.end, length)]
    cuts = sorted({0, length, *(span.start for span in inside), *(min(span.end, length) for span in inside)})
    inside.sort(key=lambda span: (span.start, -span.end))
    for start, end in pairwise(cuts):
        over = tuple(span for span in inside if span.start <= start and span.end >= end)
        yield Stretch(text[start:end], over, tuple(span for span in over if span.start == start))
