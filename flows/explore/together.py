"""Who and what is mentioned together."""

from enum import StrEnum

from flows.explore.asked import entity_lines
from flows.explore.database import Answer, Database
from flows.explore.names import with_names
from flows.explore.quotes import PAGE_ROWS


class Near(StrEnum):
    """How near two mentions must be."""

    DOCUMENT = "document"
    PARAGRAPH = "paragraph"

    @property
    def columns(self) -> tuple[str, ...]:
        """What both mentions share."""
        return ("document_id",) if self is Near.DOCUMENT else ("document_id", "paragraph_index")


def together(
    database: Database,
    entity: str,
    near: Near = Near.DOCUMENT,
    labels: tuple[str, ...] = (),
    limit: int | None = PAGE_ROWS,
) -> Answer:
    """What is mentioned in the same documents, or paragraphs, as an entity.

    Returns:
        Columns ``key``, ``name``, ``label``, ``documents`` (in which they meet).
    """
    shared = ", ".join(near.columns)
    of_labels = f"AND label IN ({', '.join('?' * len(labels))})" if labels else ""
    counted = database.frame(
        f"""WITH here AS (SELECT DISTINCT {shared} FROM entities WHERE entity_key = ?),
                beside AS (SELECT DISTINCT entity_key, document_id FROM entities SEMI JOIN here USING ({shared})
                    WHERE entity_key <> ? {of_labels})
            SELECT entity_key AS key, count(*) AS documents FROM beside
            GROUP BY 1 ORDER BY documents DESC, key {"" if limit is None else f"LIMIT {limit:d}"}""",
        [entity, entity, *labels],
    )
    lines = [
        "import pandas as pd",
        "",
        *entity_lines(database),
        f'here = entities.loc[entities["what"] == {entity!r}, {list(near.columns)!r}].drop_duplicates()',
        f"beside = entities.merge(here, on={list(near.columns)!r})",
        f'beside = beside[beside["what"] != {entity!r}]',
        *([f'beside = beside[beside["label"].isin({list(labels)!r})]'] if labels else []),
        'answer = beside.groupby("what")["document_id"].nunique().sort_values(ascending=False)',
    ]
    return Answer(with_names(database, counted), "\n".join(lines))


def meeting_places(
    database: Database, one: str, other: str, near: Near = Near.DOCUMENT, number: int = 0, rows: int = PAGE_ROWS
) -> Answer:
    """The documents in which two entities meet, the newest first; ``rows`` of them from page ``number``.

    Returns:
        Columns ``document_id``, ``published_on``, ``title``, ``publisher``.
    """
    shared = ", ".join(near.columns)
    frame = database.frame(
        f"""WITH meeting AS (
                SELECT DISTINCT document_id FROM (SELECT {shared} FROM entities WHERE entity_key = ?)
                SEMI JOIN (SELECT {shared} FROM entities WHERE entity_key = ?) USING ({shared}))
            SELECT document_id, published_on, title, publisher FROM documents SEMI JOIN meeting USING (document_id)
            ORDER BY published_on DESC NULLS LAST, document_id LIMIT {rows:d} OFFSET {number * rows:d}""",
        [one, other],
    )
    on = list(near.columns)
    lines = [
        "import pandas as pd",
        "",
        *entity_lines(database),
        f'one = entities.loc[entities["what"] == {one!r}, {on!r}]',
        f'other = entities.loc[entities["what"] == {other!r}, {on!r}]',
        f'ids = one.merge(other, on={on!r})["document_id"].unique()',
        f"documents = pd.read_parquet({database.source('documents')!r})",
        'documents = documents[documents["document_id"].isin(ids)]',
        'documents = documents.sort_values(["published_on", "document_id"], ascending=[False, True])',
        f'answer = documents.set_index("document_id")["title"].iloc[{number * rows} : {(number + 1) * rows}]',
    ]
    return Answer(frame, "\n".join(lines))
