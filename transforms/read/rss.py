"""Feeds: RSS 0.9x and 2.0, RSS 1.0 (RDF), Atom. One record an item.

Whole texts stand in ``content:encoded`` (RSS) and ``content`` (Atom). A feed with nothing but ``description`` or
``summary`` mostly carries teasers: such a text must be long enough and must not break off, else the item is a reject.
Names: https://www.rssboard.org/rss-specification, RFC 4287, the RSS 1.0 content and Dublin Core modules.
"""

import re
from collections.abc import Iterator

from lxml import etree

from transforms.normalise.identity import canonical_url
from transforms.normalise.rules import load_rules
from transforms.read.formats import Confidence, Format
from transforms.read.items import author_names, excerpt_of, read_items
from transforms.read.markup import body_text, html_text
from transforms.read.options import ReadOptions
from transforms.read.streams import Unit
from transforms.read.xml_tree import (
    XML_LANGUAGE,
    Tree,
    attribute,
    child,
    children,
    descendants,
    first_text,
    local_name,
    parse_xml,
    raw_bytes,
    root_name,
    text_of,
)
from transforms.records import RawRecord, Reject, RejectReason

MIN_TEASER_CHARACTERS = 500
"""A summary shorter than this is taken for a teaser: teasers of feeds are cut at 55 words or 300 characters."""

_ROOTS = frozenset({"rss", "rdf", "feed"})
_BROKEN_OFF = re.compile(r"(?:\.\.\.|…|\[…\]|\[\.\.\.\]|\(more\)|read more|continue reading)\W*\Z", re.IGNORECASE)
_FEED_MARK = re.compile(rb"<(?:\w+:)?(?:channel|entry|item|link|title|id|updated)\b")


def sniff(head: bytes) -> Confidence:
    """Sure by the root element; RDF and "feed" may be something else, so a child of a feed must come with them."""
    return Confidence.SURE if root_name(head) in _ROOTS and _FEED_MARK.search(head) else Confidence.NO


def read(unit: Unit, options: ReadOptions, start: int) -> Iterator[RawRecord | Reject]:
    """The items of the feed, numbered by position. Raises StreamError."""
    tree = parse_xml(unit.read_all(options.max_held_bytes))
    items = _items(tree)
    last = len(items) - 1

    def to_record(item: etree._Element, number: int, raw: bytes) -> RawRecord | Reject:
        if tree.cut_short and number == last:
            return Reject(number, RejectReason.BAD_XML, "the file ends inside this item", excerpt_of(raw))
        return _to_record(item, number, raw, tree)

    return read_items(items, options, start, raw_bytes, to_record)


def count(unit: Unit, options: ReadOptions) -> int:
    """The items of the feed, at least one. Raises StreamError."""
    return max(1, len(_items(parse_xml(unit.read_all(options.max_held_bytes)))))


def _items(tree: Tree) -> list[etree._Element]:
    return list(descendants(tree.root, "item", "entry"))


def _to_record(item: etree._Element, number: int, raw: bytes, tree: Tree) -> RawRecord | Reject:
    feed = next(children(tree.root, "channel"), tree.root)
    body, method = _body(item)
    _, title = first_text(item, "title")
    if not body:
        return Reject(number, RejectReason.EMPTY_BODY, f"no text; title {title!r}", excerpt_of(raw))
    if method == "summary" and (len(body) < MIN_TEASER_CHARACTERS or _BROKEN_OFF.search(body)):
        detail = f"a teaser of {len(body)} characters; url {_link(item)!r}"
        return Reject(number, RejectReason.TOO_SHORT, detail, body[:200])
    published_source, published = first_text(item, "pubDate", "date", "published", "issued", "created")
    modified = first_text(item, "updated", "modified")[1]
    if published is None and modified is not None:
        published_source, published = "updated", modified
    url = _link(item)
    return RawRecord(
        source_record=number,
        source_format=FORMAT.name,
        raw=raw,
        body=body,
        encoding=tree.encoding,
        extraction_method=method,
        title=html_text(title) if title else None,
        url=url,
        guid=_guid(item, feed, url),
        publisher=text_of(child(item, "source", "title"))
        or text_of(child(item, "source"))
        or first_text(feed, "title")[1],
        authors=author_names(_authors(item)),
        section=_section(item),
        language_hint=item.get(XML_LANGUAGE) or first_text(feed, "language")[1] or tree.root.get(XML_LANGUAGE),
        published_raw=published,
        published_raw_source=published_source,
        modified_raw=modified,
        warnings=tree.warnings,
    )


def _body(item: etree._Element) -> tuple[str, str]:
    """The text and whether it is the whole ``content`` or a ``summary`` that may be all there is.

    Where the content is shorter than its own summary its markup is broken, and the summary says more.
    """
    content = [_markup(element) for element in children(item, "encoded", "content")]
    summaries = [_markup(element) for element in children(item, "description", "summary")]
    return max(content + summaries, key=len, default=""), "content" if any(content) else "summary"


def _markup(element: etree._Element) -> str:
    """Escaped HTML, XHTML as elements, or plain text."""
    if len(element):
        return body_text(element)
    text = element.text or ""
    return text.strip() if element.get("type") in ("text", "text/plain") else html_text(text)


def _link(item: etree._Element) -> str | None:
    """The article's address: the link to the page itself, else a GUID that is one."""
    links = list(children(item, "link", "origLink"))
    own = [attribute(link, "href") for link in links if link.get("rel", "alternate") == "alternate"]
    texts = [text_of(link) for link in sorted(links, key=lambda link: local_name(link) != "origLink")]
    guids = [text_of(guid) for guid in children(item, "guid", "id") if guid.get("isPermaLink", "true") == "true"]
    return next((url for url in (*texts, *own, *guids) if canonical_url(url)), None)


def _guid(item: etree._Element, feed: etree._Element, url: str | None) -> str | None:
    """An identifier that holds in the world: one that is unique by its form, else together with its feed's address."""
    guid = first_text(item, "guid", "id", "identifier")[1]
    if guid is None or guid == url:
        return None
    if re.fullmatch(load_rules("read_fields")["guid"]["pattern"], guid):
        return guid
    home = _link(feed)
    return f"{home} {guid}" if home else None


def _authors(item: etree._Element) -> list[str | None]:
    for name in ("creator", "author", "contributor"):
        found = [text_of(child(element, "name")) or text_of(element) for element in children(item, name)]
        if any(found):
            return found
    return []


def _section(item: etree._Element) -> str | None:
    for element in children(item, "category", "subject"):
        if value := text_of(element) or attribute(element, "label") or attribute(element, "term"):
            return value
    return None


FORMAT = Format(
    "rss",
    ("application/rss+xml", "application/atom+xml", "application/rdf+xml"),
    (".rss", ".atom", ".rdf"),
    sniff,
    read,
    count,
    priority=3,
)
