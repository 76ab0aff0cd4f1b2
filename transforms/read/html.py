"""HTML: one page, one article. The pages of web archives go through :func:`page_record` too."""

import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from transforms.normalise.dates import DateOptions, parse_date
from transforms.normalise.rules import load_rules
from transforms.normalise.warnings import unique
from transforms.read import plain_text
from transforms.read.formats import Confidence, Format
from transforms.read.html_charset import decode_page
from transforms.read.html_metadata import PageFacts, read_facts
from transforms.read.html_text import article_text, page_date, parse_page
from transforms.read.options import ReadOptions
from transforms.read.plain_text import is_empty
from transforms.read.sniffing import text_of_head
from transforms.read.streams import Unit
from transforms.records import RawRecord, Reject, RejectReason

_PAGE = re.compile(
    r"(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*(?:<!doctype\s+html\b|<html\b|<head\b|<body\b)", re.IGNORECASE | re.DOTALL
)
_FRAGMENT = re.compile(
    r"<(?:div|p|article|main|section|header|h1|h2|meta|title|link|script|style|span|table|ul)\b", re.IGNORECASE
)
_MARKUP = re.compile(r"<(?:!doctype|!--|/?[a-z][a-z0-9]*[\s/>])", re.IGNORECASE)
_WIDE = re.compile(
    "[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
)  # one sign of these says as much as two letters or three

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MIN_LETTERS = 60
"""A page with less text is no article: the shortest of 177 real articles has 386 characters of Japanese."""
STUB_LETTERS = 600
"""Up to here a page that asks to subscribe is taken for the stub before a paywall."""

PAID_LETTERS = 300
"""Up to here a page that says that it is not free is one too; longer teasers say who said what."""

_EXCERPT = 200
_ANY_DATE = DateOptions(now=datetime(9000, 1, 1, tzinfo=UTC))  # whether it is too late is not the reader's to say

# Libraries that report every odd page as an error; what matters is in the reject.
for _name in ("trafilatura", "htmldate", "courlan"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


def sniff(head: bytes) -> Confidence:
    """Sure of a page that begins as one; a fragment that begins with an element of pages is plausible."""
    text = text_of_head(head)
    if _PAGE.match(text):
        return Confidence.SURE
    return Confidence.PLAUSIBLE if _FRAGMENT.match(text) else Confidence.NO


def read(unit: Unit, options: ReadOptions, start: int) -> Iterator[RawRecord | Reject]:
    """The one article of the page. A file without any markup is read as plain text. Raises StreamError."""
    if not _MARKUP.search(text_of_head(unit.head, len(unit.head))):
        yield from plain_text.read(unit, options, start)
        return
    yield page_record(unit.read_all(options.max_record_bytes), number=0)


def page_record(
    data: bytes,
    *,
    number: int,
    source_format: str = "html",
    url: str | None = None,
    charset: str | None = None,
    warnings: tuple[str, ...] = (),
) -> RawRecord | Reject:
    """The record of a page's bytes; a Reject where it holds no article.

    Args:
        data: the page.
        number: of the record in its file.
        source_format: of that file.
        url: where the page was fetched, if known.
        charset: what the HTTP header says, if known.
        warnings: what the file's reader has to say.
    """
    if is_empty(data):
        return Reject(number, RejectReason.EMPTY, "nothing but white space" if data else "no bytes")
    decoded = decode_page(data, charset)
    if decoded is None:
        return Reject(number, RejectReason.BINARY, "the bytes are not text")
    tree = parse_page(decoded.text)
    if tree is None:
        return Reject(number, RejectReason.NO_MAIN_TEXT, "no element", decoded.text[:_EXCERPT])
    facts = read_facts(tree, url)
    text = article_text(tree, facts)
    if (refused := _refused(text, facts, url)) is not None:
        reason, detail = refused
        return Reject(number, reason, detail, text[:_EXCERPT])
    published = _publication(facts, tree, url)
    return RawRecord(
        source_record=number,
        source_format=source_format,
        raw=data,
        body=text,
        encoding=decoded.encoding,
        extraction_method="trafilatura",
        title=facts.titles[0] if facts.titles else None,
        url=url or facts.url,
        canonical_url=facts.canonical_url,
        publisher=facts.publisher,
        authors=facts.authors,
        section=facts.section,
        language_hint=facts.language,
        published_raw=published[1] if published else None,
        published_raw_source=published[0] if published else None,
        modified_raw=facts.modified,
        warnings=unique([*decoded.warnings, *warnings]),
    )


def _publication(facts: PageFacts, tree: "HtmlElement", url: str | None) -> tuple[str, str] | None:
    """Where the date of publication was found, and the date: the first declared one that can be read, else htmldate's.

    Where nothing can be read, the best declared date is kept, so that the document is warned about it.
    """
    for place, date in facts.dates:
        if parse_date(date, _ANY_DATE).on is not None:
            return place, date
    found = page_date(tree, url)
    if found:
        return "htmldate", found
    return facts.dates[0] if facts.dates else None


def _refused(text: str, facts: PageFacts, url: str | None) -> tuple[RejectReason, str] | None:
    """Why the text is no article, if it is none."""
    title = facts.titles[0] if facts.titles else None
    known = "; ".join(f"{name} {value!r}" for name, value in (("title", title), ("url", url or facts.url)) if value)
    if not text:
        return RejectReason.NO_MAIN_TEXT, f"no article found; {known}" if known else "no article found"
    letters = len(text) + len(_WIDE.findall(text))
    asks = any(phrase in text.casefold() for phrase in load_rules("read_html")["stub"]["phrases"])
    if letters >= (STUB_LETTERS if asks else MIN_LETTERS if facts.free else PAID_LETTERS):
        return None
    why = "asks to subscribe or log in" if asks else "" if facts.free else "says that it is not free"
    return RejectReason.TOO_SHORT, "; ".join(part for part in (f"{len(text)} characters", why, known) if part)


def count(unit: Unit, options: ReadOptions) -> int:
    """One article a page."""
    del unit, options
    return 1


FORMAT = Format(
    "html", ("text/html", "application/xhtml+xml"), (".html", ".htm", ".xhtml", ".shtml"), sniff, read, count
)
