"""Can the tables be trusted? What was refused, what was odd, what could not be resolved."""

from flows.explore.database import Answer, Database


def rejects(database: Database) -> Answer:
    """Refused records by reason: columns ``reason``, ``records``."""
    return _counts(database, "rejects", "reason", "records")


def sources(database: Database) -> Answer:
    """Landing files and members by status: columns ``status``, ``files``."""
    return _counts(database, "sources", "status", "files")


def languages(database: Database) -> Answer:
    """Documents by language: columns ``language`` (null: undecided), ``documents``."""
    return _counts(database, "documents", "language", "documents")


def warnings(database: Database) -> Answer:
    """Warnings of documents by their first word, without the details: columns ``warning``, ``documents``."""
    frame = database.frame(
        """SELECT split_part(warning, ':', 1) AS warning, count(*) AS documents
           FROM (SELECT unnest(warnings) AS warning FROM documents) GROUP BY 1 ORDER BY documents DESC, warning"""
    )
    lines = [
        *_read(database, "documents"),
        'answer = documents["warnings"].explode().dropna().str.split(":").str[0].value_counts()',
    ]
    return Answer(frame, "\n".join(lines))


def documents(database: Database) -> Answer:
    """Documents of each kind that an analyst may want to leave out.

    Returns:
        One row: ``documents``, ``copies`` (exact, of another one), ``undated``, ``without_model`` (not annotated),
        ``without_outlet``.
    """
    frame = database.frame(
        """SELECT count(*) AS documents, count(duplicate_of) AS copies,
               count(*) - count(published_on) AS undated, count(*) - count(model) AS without_model,
               count(*) - count(publisher) AS without_outlet FROM documents"""
    )
    lines = [
        *_read(database, "documents"),
        "answer = {",
        '    "documents": len(documents),',
        '    "copies": documents["duplicate_of"].notna().sum(),',
        '    "undated": documents["published_on"].isna().sum(),',
        '    "without_model": documents["model"].isna().sum(),',
        '    "without_outlet": documents["publisher"].isna().sum(),',
        "}",
    ]
    return Answer(frame, "\n".join(lines))


def unresolved(database: Database) -> Answer:
    """Quotes whose speaker has no name, by month: columns ``month``, ``quotes``, ``unresolved``."""
    frame = database.frame(
        """SELECT month, count(*) AS quotes, count(*) - count(speaker_canonical) AS unresolved
           FROM quotes GROUP BY 1 ORDER BY 1"""
    )
    lines = [
        *_read(database, "quotes"),
        'quotes["nobody"] = quotes["speaker_canonical"].isna()',
        'months = quotes.groupby("month", observed=True)',
        'answer = months.agg(quotes=("quote_id", "size"), unresolved=("nobody", "sum"))',
    ]
    return Answer(frame, "\n".join(lines))


def runs(database: Database, rows: int = 10) -> Answer:
    """The latest runs, which are no part of the snapshot; the newest first."""
    lines = ["import warehouse", "", f"answer = warehouse.open({database.root!r}).runs({rows})"]
    return Answer(database.tables.runs(rows), "\n".join(lines))


def _counts(database: Database, table: str, column: str, counted: str) -> Answer:
    frame = database.frame(
        f"SELECT {column}, count(*) AS {counted} FROM {table} GROUP BY 1 ORDER BY {counted} DESC, {column}"
    )
    lines = [*_read(database, table), f'answer = {table}["{column}"].value_counts(dropna=False)']
    return Answer(frame, "\n".join(lines))


def _read(database: Database, table: str) -> list[str]:
    return ["import pandas as pd", "", f"{table} = pd.read_parquet({database.source(table)!r})"]
