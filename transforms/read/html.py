"""HTML: one page, one article. The pages of web archives go through :func:`page_record` too."""

import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from transforms.normalise.dates import DateOptions, parse_date
from transforms.normalise.decode import Decoded
from transforms.normalise.rules import load_rules
from transforms.normalise.warnings import unique
from transforms.read import plain_text
from transforms.read.errors import StreamError
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

MAX_ELEMENTS = 40_000
"""More are no article: of 177 real pages the largest has 3,138. Finding the text takes 0.1 ms an element."""

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
    try:
        decoded = _decoded(data, charset)
        tree = _parsed(decoded.text)
        facts = read_facts(tree, url)
        text = article_text(tree, facts)
        _check_length(text, facts, url)
    except StreamError as error:
        return Reject(number, error.reason, error.detail, error.excerpt)
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


def _decoded(data: bytes, charset: str | None) -> Decoded:
    if is_empty(data):
        raise StreamError(RejectReason.EMPTY, "nothing but white space" if data else "no bytes")
    decoded = decode_page(data, charset)
    if decoded is None:
        raise StreamError(RejectReason.BINARY, "the bytes are not text")
    return decoded


def _parsed(text: str) -> "HtmlElement":
    too_many = StreamError(RejectReason.TOO_LARGE, f"a page of more than {MAX_ELEMENTS} elements")
    if text.count("<") > 4 * MAX_ELEMENTS:
        raise too_many  # before memory is spent on a tree of them
    tree = parse_page(text)
    if tree is None:
        raise StreamError(RejectReason.NO_MAIN_TEXT, "no element", text[:_EXCERPT])
    if sum(1 for _ in tree.iter()) > MAX_ELEMENTS:
        raise too_many
    return tree


def _check_length(text: str, facts: PageFacts, url: str | None) -> None:
    """Raises StreamError where the text is too short for an article."""
    title = facts.titles[0] if facts.titles else None
    known = [f"{name} {value!r}" for name, value in (("title", title), ("url", url or facts.url)) if value]
    if not text:
        raise StreamError(RejectReason.NO_MAIN_TEXT, "; ".join(["no article found", *known]))
    letters = len(text) + len(_WIDE.findall(text))
    asks = any(phrase in text.casefold() for phrase in load_rules("read_html")["stub"]["phrases"])
    if letters < (STUB_LETTERS if asks else MIN_LETTERS if facts.free else PAID_LETTERS):
        why = ["asks to subscribe or log in"] if asks else [] if facts.free else ["says that it is not free"]
        raise StreamError(RejectReason.TOO_SHORT, "; ".join([f"{len(text)} characters", *why, *known]), text[:_EXCERPT])


def count(unit: Unit, options: ReadOptions) -> int:
    """One article a page."""
    del unit, options
    return 1


FORMAT = Format(
    "html", ("text/html", "application/xhtml+xml"), (".html", ".htm", ".xhtml", ".shtml"), sniff, read, count
)
