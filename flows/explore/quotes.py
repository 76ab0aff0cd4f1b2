"""Questions about quotes: when, who, about whom, in which words."""

from enum import StrEnum

import pandas as pd

from flows.explore.asked import INSIDE, Asked, entity_lines
from flows.explore.database import Answer, Database
from flows.explore.names import with_names, with_speakers

PAGE_ROWS = 20


class Step(StrEnum):
    """Width of a timeline's steps."""

    MONTH = "month"
    WEEK = "week"


def timeline(database: Database, asked: Asked, step: Step = Step.MONTH) -> Answer:
    """Quotes and different speakers by the month, or the week that begins on a Monday; undated ones as null.

    Returns:
        Columns ``period`` (timestamp), ``quotes``, ``speakers``; the oldest first.
    """
    where, parameters = asked.where()
    frame = database.frame(
        f"""SELECT date_trunc('{step.value}', published_on)::TIMESTAMP AS period, count(*) AS quotes,
                count(DISTINCT speaker_key) AS speakers
            FROM quotes WHERE {where} GROUP BY 1 ORDER BY 1""",
        parameters,
    )
    code = {"month": "M", "week": "W"}[step.value]
    lines = [
        *asked.lines(database),
        f'period = quotes["published_on"].dt.to_period({code!r}).dt.start_time',
        'answer = quotes.groupby(period, dropna=False).agg(quotes=("quote_id", "size"), speakers=("who", "nunique"))',
    ]
    return Answer(frame, "\n".join(lines))


def speakers(database: Database, asked: Asked, limit: int | None = PAGE_ROWS) -> Answer:
    """Who is quoted most.

    Returns:
        Columns ``key``, ``name``, ``quotes``; quotes that nobody named says are left out.
    """
    where, parameters = asked.where()
    counted = database.frame(
        f"""SELECT speaker_key AS key, count(*) AS quotes FROM quotes
            WHERE {where} AND speaker_key IS NOT NULL GROUP BY 1 ORDER BY quotes DESC, key {_limit(limit)}""",
        parameters,
    )
    lines = [*asked.lines(database), 'answer = quotes["who"].value_counts()']
    return Answer(with_speakers(database, counted), "\n".join(lines))


def talked_about(
    database: Database, asked: Asked, labels: tuple[str, ...] = (), limit: int | None = PAGE_ROWS
) -> Answer:
    """Who and what is mentioned within the spans of the quotes; a mention in two of them counts once.

    Args:
        labels: only mentions of these labels; all when empty.

    Returns:
        Columns ``key``, ``name``, ``label``, ``mentions``.
    """
    where, parameters = asked.where()
    of_labels = f"WHERE label IN ({', '.join('?' * len(labels))})" if labels else ""
    counted = database.frame(
        f"""SELECT entity_key AS key, count(*) AS mentions FROM (
                SELECT DISTINCT e.entity_key, e.mention_id
                FROM (SELECT document_id, content_start, content_end FROM quotes WHERE {where}) q
                JOIN (SELECT document_id, start, "end", entity_key, mention_id FROM entities {of_labels}) e
                ON q.document_id = e.document_id AND e.start >= q.content_start AND e."end" <= q.content_end)
            GROUP BY 1 ORDER BY mentions DESC, key {_limit(limit)}""",
        [*parameters, *labels],
    )
    lines = [
        *asked.lines(database),
        *entity_lines(database),
        *([f'entities = entities[entities["label"].isin({list(labels)!r})]'] if labels else []),
        *INSIDE,
        'answer = inside.groupby("what")["mention_id"].nunique().sort_values(ascending=False)',
    ]
    return Answer(with_names(database, counted), "\n".join(lines))


def count(database: Database, asked: Asked) -> int:
    """How many quotes there are."""
    where, parameters = asked.where()
    return int(database.frame(f"SELECT count(*) AS n FROM quotes WHERE {where}", parameters)["n"].iloc[0])


def page(database: Database, asked: Asked, number: int = 0, rows: int = PAGE_ROWS) -> Answer:
    """The quotes, the newest first, ``rows`` of them from page ``number`` (from 0).

    Returns:
        The columns of ``quotes`` that people read, ``speaker_key``, and ``title`` and ``publisher`` of the document.
    """
    where, parameters = asked.where()
    found = database.frame(
        f"""SELECT quote_id, document_id, quote_index, quote_type, content, content_start, cue, speaker,
                speaker_canonical, speaker_key, attribution_method, confidence, published_on, month
            FROM quotes WHERE {where}
            ORDER BY published_on DESC NULLS LAST, document_id, quote_index LIMIT {rows:d} OFFSET {number * rows:d}""",
        parameters,
    )
    order = '["published_on", "document_id", "quote_index"], ascending=[False, True, True]'
    lines = [
        *asked.lines(database),
        f"quotes = quotes.sort_values({order})",
        f'answer = quotes.set_index("quote_id")["content"].iloc[{number * rows} : {(number + 1) * rows}]',
    ]
    return Answer(found.merge(_heads(database, found), on="document_id", how="left"), "\n".join(lines))


def _heads(database: Database, found: pd.DataFrame) -> pd.DataFrame:
    """Titles and outlets of the documents of some rows; only the months of these rows are opened."""
    ids, months = sorted(set(found["document_id"])), sorted(set(found["month"]))
    if not ids:
        return pd.DataFrame({"document_id": [], "title": [], "publisher": []}, dtype="str")
    return database.frame(
        f"""SELECT document_id, title, publisher FROM documents
            WHERE month IN ({", ".join("?" * len(months))}) AND document_id IN ({", ".join("?" * len(ids))})""",
        [*months, *ids],
    )


def _limit(rows: int | None) -> str:
    return "" if rows is None else f"LIMIT {rows:d}"
