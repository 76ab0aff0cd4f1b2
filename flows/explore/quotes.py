"""Questions about quotes: when, who, about whom, in which words."""

from collections.abc import Callable
from enum import StrEnum

import pandas as pd

from flows.explore.asked import INSIDE, Asked, Condition, entity_lines
from flows.explore.database import Answer, Database, literal
from flows.explore.names import with_names, with_speakers

PAGE_ROWS = 20

SPOKEN = "spoken"
"""A table of what each speaker talks about; made beside the first view, and used once it is there."""


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
    only_a_speaker = asked.speaker is not None and asked == Asked(speaker=asked.speaker)
    counted = _all_of_a_speaker if only_a_speaker and database.is_prepared(SPOKEN) else _within
    sql, parameters = counted(asked, labels)
    frame = database.frame(
        f"SELECT key, sum(n)::BIGINT AS mentions FROM ({sql}) GROUP BY 1 ORDER BY mentions DESC, key {_limit(limit)}",
        parameters,
    )
    lines = [
        *asked.lines(database),
        *entity_lines(database),
        *([f'entities = entities[entities["label"].isin({list(labels)!r})]'] if labels else []),
        *INSIDE,
        'answer = inside.groupby("what")["mention_id"].nunique().sort_values(ascending=False)',
    ]
    return Answer(with_names(database, frame), "\n".join(lines))


_SPOKEN_OF_A_MONTH = """
    SELECT speaker_key, entity_key, label, count(*) AS n
    FROM (SELECT document_id, start, "end", entity_key, label FROM entities WHERE month = {month}) e
    JOIN (SELECT document_id, content_start, content_end, speaker_key, coalesce(max(content_end) OVER (
            PARTITION BY document_id, speaker_key ORDER BY content_start, content_end DESC
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), -1) AS reached
        FROM quotes WHERE speaker_key IS NOT NULL AND month = {month}) q
    ON q.document_id = e.document_id AND e.start >= q.content_start AND e."end" <= q.content_end AND e."end" > q.reached
    GROUP BY ALL"""
"""A mention within two quotes of a speaker, which nest or overlap, counts once: for the first that has it whole.
``reached`` is how far the speaker's quotes before this one go; what ends there or earlier lies whole in one of them.
"""


def prepare_spoken(database: Database, between: Callable[[], None] = lambda: None) -> None:
    """Count what each speaker talks about, once: seconds for 100,000 documents, after which each is found at once.

    Args:
        between: called before each step of some hundredths of a second, a month; it may wait for a better time.
    """
    steps = []
    for number, month in enumerate(database.months("quotes")):
        between()
        steps.append(f"{SPOKEN}_{number}")
        database.prepare(steps[-1], _SPOKEN_OF_A_MONTH.format(month=literal(month)))
    if not steps:
        return
    between()
    rows = " UNION ALL ".join(f"FROM {step}" for step in steps)
    database.prepare(
        SPOKEN,
        f"""SELECT speaker_key, entity_key, label, sum(n)::BIGINT AS n FROM ({rows})
            GROUP BY ALL ORDER BY speaker_key""",
    )
    for step in steps:
        database.drop(step)


def _all_of_a_speaker(asked: Asked, labels: tuple[str, ...]) -> Condition:
    sql = f"SELECT entity_key AS key, n FROM {SPOKEN} WHERE speaker_key = ? AND {_of(labels)}"
    return sql, [asked.speaker, *labels]


def _within(asked: Asked, labels: tuple[str, ...]) -> Condition:
    # A semi-join: a mention counts once, however many quotes it is in.
    where, parameters = asked.where()
    sql = f"""SELECT entity_key AS key, 1 AS n
        FROM (SELECT document_id, start, "end", entity_key FROM entities WHERE {_of(labels)}) e
        SEMI JOIN (SELECT document_id, content_start, content_end FROM quotes WHERE {where}) q
        ON q.document_id = e.document_id AND e.start >= q.content_start AND e."end" <= q.content_end"""
    return sql, [*labels, *parameters]


def _of(labels: tuple[str, ...]) -> str:
    return f"label IN ({', '.join('?' * len(labels))})" if labels else "true"


def count(database: Database, asked: Asked) -> int:
    """How many quotes there are; the timeline knows."""
    return int(timeline(database, asked).frame["quotes"].sum())


def page(database: Database, asked: Asked, number: int = 0, rows: int = PAGE_ROWS) -> Answer:
    """The quotes, the newest first, ``rows`` of them from page ``number`` (from 0).

    Returns:
        The columns of ``quotes`` that people read, ``speaker_key``, and ``title`` and ``publisher`` of the document.
    """
    months, skipped = _months_of(timeline(database, asked).frame, number * rows, rows)
    where, parameters = asked.where()
    found = database.frame(
        f"""SELECT quote_id, document_id, quote_index, quote_type, content, content_start, cue, speaker,
                speaker_canonical, speaker_key, attribution_method, confidence, published_on, month
            FROM quotes WHERE {where} AND month IN ({", ".join("?" * len(months)) or "NULL"})
            ORDER BY published_on DESC NULLS LAST, document_id, quote_index
            LIMIT {rows:d} OFFSET {number * rows - skipped:d}""",
        [*parameters, *months],
    )
    order = '["published_on", "document_id", "quote_index"], ascending=[False, True, True]'
    lines = [
        *asked.lines(database),
        f"quotes = quotes.sort_values({order})",
        f'answer = quotes.set_index("quote_id")["content"].iloc[{number * rows} : {(number + 1) * rows}]',
    ]
    return Answer(found.merge(_heads(database, found), on="document_id", how="left"), "\n".join(lines))


def _months_of(frame: pd.DataFrame, first: int, rows: int) -> tuple[list[str], int]:
    """The partitions that hold some rows of a timeline by month, counted from the newest; undated ones are last.

    Returns:
        Their names, and how many rows the newer partitions have.
    """
    months, before, skipped = list[str](), 0, 0
    dated = frame.dropna(subset=["period"]).iloc[::-1]
    for period, quotes in [*zip(dated["period"], dated["quotes"], strict=True), *_undated(frame)]:
        if before < first + rows and before + quotes > first:
            months.append("unknown" if pd.isna(period) else f"{period:%Y-%m}")
        elif not months:
            skipped += int(quotes)
        before += int(quotes)
    return months, skipped


def _undated(frame: pd.DataFrame) -> list[tuple[object, int]]:
    return [(pd.NaT, int(quotes)) for quotes in frame.loc[frame["period"].isna(), "quotes"]]


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
