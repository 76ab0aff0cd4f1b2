"""One article with its quotes and mentions."""

from dataclasses import dataclass

from flows.explore.database import Database
from flows.rows import records_of
from transforms.records import Document, Entity, Quote


@dataclass(frozen=True)
class Article:
    """A stored article.

    Attributes:
        document: its row.
        entities: its mentions, by ``start``; of an exact copy those of the document that stands for it.
        quotes: by ``quote_index``; likewise.
    """

    document: Document
    entities: list[Entity]
    quotes: list[Quote]


def article(database: Database, document_id: str) -> Article | None:
    """The article of that id; None when the snapshot has none."""
    month = _month(database, document_id)
    if month is None:
        return None
    rows = database.long_frame("SELECT * FROM documents WHERE month = ? AND document_id = ?", [month, document_id])
    (document,) = records_of(Document, rows)
    stands = document.duplicate_of or document_id
    key = [_month(database, stands), stands]
    quotes = database.long_frame("SELECT * FROM quotes WHERE month = ? AND document_id = ? ORDER BY quote_index", key)
    entities = database.long_frame(
        'SELECT * FROM entities WHERE month = ? AND document_id = ? ORDER BY start, "end"', key
    )
    return Article(document, records_of(Entity, entities), records_of(Quote, quotes))


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
