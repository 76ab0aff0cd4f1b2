"""The marked article: the page of ``onrecord show --html``, with links into the explorer."""

from html import escape

from flows.explore.articles import Article, article_lines
from flows.explore.database import Database
from flows.explore.markup import place, shown
from transforms.display.page import Origin, Site, page, policy, style
from transforms.records import Quote


def header_policy() -> str:
    """Content security policy of both pages here: the page's own, and in nobody's frame."""
    return f"{policy()}; frame-ancestors 'none'"


def article_page(database: Database, found: Article) -> str:
    """A whole HTML page: the text with its marks, and who said what."""
    site = Site(
        home="/",
        home_name="Explorer",
        speaker=_speaker,
        document=lambda document_id: place(f"/article/{document_id}", snapshot=database.snapshot),
        code=article_lines(database, found.document.document_id),
    )
    origin = Origin(database.snapshot, database.tables.created_at)
    return page(found.document, found.entities, found.quotes, origin, site)


def _speaker(quote: Quote) -> str | None:
    key = quote.speaker_entity_id or quote.speaker_canonical
    return place("/", who=key) if key else None


def missing_page(what: str) -> str:
    """A page that says that there is nothing here."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape('Not here · onrecord')}</title><style>{style()}</style></head>"
        f'<body><main><h1>Not here</h1><p>{shown(what)}</p><p><a href="/">To the explorer</a></p></main></body></html>'
    )
