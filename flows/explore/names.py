"""Who there is to ask about: speakers, entities and outlets, the commonest first, searched by a part of the name."""

import pandas as pd

from flows.explore.database import Database, Value

CHOICES = 50
"""How many a search offers."""

_SPEAKERS = """
    WITH counted AS (
        SELECT speaker_key AS key, speaker_canonical AS name, count(*) AS n
        FROM quotes WHERE speaker_key IS NOT NULL GROUP BY ALL)
    SELECT key, arg_max(name, (n, name)) AS name, sum(n)::BIGINT AS quotes, string_agg(DISTINCT name, chr(10)) AS names
    FROM counted GROUP BY key"""

_ENTITIES = """
    WITH counted AS (
        SELECT entity_key AS key, canonical_name AS name, label, count(*) AS n FROM entities GROUP BY ALL)
    SELECT key, arg_max(name, (n, name)) AS name, arg_max(label, (n, label)) AS label, sum(n)::BIGINT AS mentions,
        string_agg(DISTINCT name, chr(10)) AS names
    FROM counted GROUP BY key"""


def prepare(database: Database) -> None:
    """Count speakers and entities once; every later question about names reads these small tables."""
    for table, counted, columns in (
        ("speaker_names", _SPEAKERS, "quotes"),
        ("entity_names", _ENTITIES, "coalesce(c.label, s.label) AS label, mentions"),
    ):
        sql = counted
        if database.has_canonical:
            sql = f"""SELECT key, coalesce(c.name, s.name) AS name, {columns},
                concat_ws(chr(10), names, c.name, array_to_string([form.text for form in c.aliases], chr(10))) AS names
                FROM ({counted}) s LEFT JOIN canonical_entities c ON c.entity_id = key"""
        database.prepare(table, sql)


def find_speakers(database: Database, words: str = "", limit: int = CHOICES) -> pd.DataFrame:
    """Speakers one of whose names contains ``words``, in any case.

    Returns:
        Columns ``key``, ``name``, ``quotes``; most quoted first.
    """
    return _find(database, "speaker_names", "key, name, quotes", "quotes", words, limit)


def find_entities(
    database: Database, words: str = "", labels: tuple[str, ...] = (), limit: int = CHOICES
) -> pd.DataFrame:
    """Entities one of whose names contains ``words``; columns ``key``, ``name``, ``label``, ``mentions``."""
    return _find(database, "entity_names", "key, name, label, mentions", "mentions", words, limit, labels)


def speaker_name(database: Database, key: str) -> str | None:
    """The commonest name of a speaker; None when there is no such speaker."""
    return _name(database, "speaker_names", key)


def entity_name(database: Database, key: str) -> str | None:
    """The commonest name of an entity; None when there is none."""
    return _name(database, "entity_names", key)


def with_speakers(database: Database, counted: pd.DataFrame) -> pd.DataFrame:
    """Names put to the keys of speakers: ``key``, ``name``, then the other columns, in the same order."""
    return _named(database, "speaker_names", ["name"], counted)


def with_names(database: Database, counted: pd.DataFrame) -> pd.DataFrame:
    """Names and labels put to the keys of entities."""
    return _named(database, "entity_names", ["name", "label"], counted)


def _find(
    database: Database,
    table: str,
    columns: str,
    order: str,
    words: str,
    limit: int,
    labels: tuple[str, ...] = (),
) -> pd.DataFrame:
    prepare(database)
    parts, parameters = ["contains(lower(names), lower(?))"], list[Value]([words])
    if labels:
        parts.append(f"label IN ({', '.join('?' * len(labels))})")
        parameters += labels
    return database.frame(
        f"SELECT {columns} FROM {table} WHERE {' AND '.join(parts)} ORDER BY {order} DESC, name, key LIMIT {limit:d}",
        parameters,
    )


def _name(database: Database, table: str, key: str) -> str | None:
    prepare(database)
    found = database.frame(f"SELECT name FROM {table} WHERE key = ?", [key])["name"].tolist()
    return str(found[0]) if found else None


def _named(database: Database, table: str, columns: list[str], counted: pd.DataFrame) -> pd.DataFrame:
    prepare(database)
    keys = counted["key"].tolist()
    if not keys:
        return counted.assign(**{name: pd.Series(dtype="str") for name in columns})
    marks = ", ".join("?" * len(keys))
    names = database.frame(f"SELECT key, {', '.join(columns)} FROM {table} WHERE key IN ({marks})", keys)
    rest = [name for name in counted.columns if name != "key"]
    return counted.merge(names, on="key", how="left")[["key", *columns, *rest]]
