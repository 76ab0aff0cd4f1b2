"""Which quotes are asked for: one set of conditions, as SQL and as pandas."""

import re
from dataclasses import dataclass

from flows.explore.database import Database, Value

Condition = tuple[str, list[Value]]


@dataclass(frozen=True)
class Asked:
    """Conditions that all hold; None asks nothing.

    Attributes:
        speaker: key of a speaker (see :class:`flows.explore.database.Database`).
        about: key of an entity that is mentioned within the quote's span.
        outlet: name of the publisher.
        month: a partition, ``2026-03`` or ``unknown``.
        word: words of the quote's content, in any case.
        whole: whether ``word`` must begin and end where words do.
    """

    speaker: str | None = None
    about: str | None = None
    outlet: str | None = None
    month: str | None = None
    word: str | None = None
    whole: bool = True

    def where(self) -> Condition:
        """A condition on the view ``quotes``, and its parameters."""
        parts = [*self._own(), *self._about()]
        if not parts:
            return "true", []
        return " AND ".join(sql for sql, _ in parts), [value for _, values in parts for value in values]

    def _own(self) -> list[Condition]:
        parts: list[Condition] = []
        if self.speaker is not None:
            parts.append(("speaker_key = ?", [self.speaker]))
        if self.month is not None:
            parts.append(("month = ?", [self.month]))
        if self.outlet is not None:
            parts.append(("document_id IN (SELECT document_id FROM documents WHERE publisher = ?)", [self.outlet]))
        if self.word is not None and self.whole:
            pattern = rf"(^|[^\pL\pN_]){re.escape(self.word)}([^\pL\pN_]|$)"
            parts.append(("regexp_matches(content, ?, 'i')", [pattern]))
        elif self.word is not None:
            parts.append(("contains(lower(content), lower(?))", [self.word]))
        return parts

    def _about(self) -> list[Condition]:
        if self.about is None:
            return []
        # The other conditions again, inside: the engine does not carry them into the join by itself.
        own = self._own()
        inner = " AND ".join(sql for sql, _ in own) or "true"
        sql = f"""quote_id IN (
            SELECT quote_id FROM (SELECT quote_id, document_id, content_start, content_end FROM quotes WHERE {inner}) q
            JOIN (SELECT document_id, start, "end" FROM entities WHERE entity_key = ?) e
            ON q.document_id = e.document_id AND e.start >= q.content_start AND e."end" <= q.content_end)"""
        return [(sql, [*(value for _, values in own for value in values), self.about])]

    def lines(self, database: Database) -> list[str]:
        """The same in pandas: leaves the rows in ``quotes``, with the speaker's key as ``who``."""
        lines = ["import pandas as pd", "", f"quotes = pd.read_parquet({database.source('quotes')!r})"]
        key = 'quotes["speaker_canonical"]'
        if database.speakers_linked:
            key = f'quotes["speaker_entity_id"].fillna({key})'
        lines.append(f'quotes["who"] = {key}')
        if self.speaker is not None:
            lines.append(f'quotes = quotes[quotes["who"] == {self.speaker!r}]')
        if self.month is not None:
            lines.append(f'quotes = quotes[quotes["month"] == {self.month!r}]')
        if self.outlet is not None:
            lines += [
                f"documents = pd.read_parquet({database.source('documents')!r})",
                f'theirs = documents.loc[documents["publisher"] == {self.outlet!r}, "document_id"]',
                'quotes = quotes[quotes["document_id"].isin(theirs)]',
            ]
        if self.word is not None and self.whole:
            pattern = rf"(?<!\w){re.escape(self.word)}(?!\w)"
            lines.append(f'quotes = quotes[quotes["content"].astype(object).str.contains({pattern!r}, case=False)]')
        elif self.word is not None:
            lines.append(f'quotes = quotes[quotes["content"].str.contains({self.word!r}, case=False, regex=False)]')
        if self.about is not None:
            lines += [
                *entity_lines(database),
                *INSIDE,
                f'named = inside.loc[inside["what"] == {self.about!r}, "quote_id"]',
                'quotes = quotes[quotes["quote_id"].isin(named)]',
            ]
        return lines


INSIDE = [
    'spans = quotes[["quote_id", "document_id", "content_start", "content_end"]]',
    'inside = entities.merge(spans, on="document_id")',
    'inside = inside[(inside["start"] >= inside["content_start"]) & (inside["end"] <= inside["content_end"])]',
]
"""Mentions within the spans of ``quotes``, in pandas."""


def entity_lines(database: Database) -> list[str]:
    """The mentions in pandas, with the entity's key as ``what``."""
    key = 'entities["canonical_name"]'
    if database.entities_linked:
        key = f'entities["entity_id"].fillna({key})'
    return [f"entities = pd.read_parquet({database.source('entities')!r})", f'entities["what"] = {key}']
