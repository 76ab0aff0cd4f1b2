"""NewsML-G2: news items alone, in a message, or the content of one; the text as NITF, XHTML or inline data.

Elements: https://iptc.org/std/NewsML-G2/ . Packages and pictures hold no text of their own: each is a reject, so that
the records of a message add up.
"""

import re
from collections.abc import Iterator

from lxml import etree

from transforms.normalise.warnings import DocumentWarning, warning
from transforms.read.formats import Confidence, Format
from transforms.read.items import author_names, excerpt_of, read_items
from transforms.read.markup import body_text, html_text
from transforms.read.nitf_body import NitfFacts, nitf_facts
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

_ROOTS = frozenset({"newsmessage", "newsitem", "packageitem", "contentset"})
_ITEMS = ("newsItem", "packageItem", "conceptItem", "knowledgeItem", "planningItem")
_WITHDRAWN = ("canceled", "cancelled", "withheld", "killed")
_ONE_PARAGRAPH = re.compile(r"\s*<p>(?P<text>[^<]*)</p>\s*")


def sniff(head: bytes) -> Confidence:
    """Sure by the root element."""
    return Confidence.SURE if root_name(head) in _ROOTS else Confidence.NO


def read(unit: Unit, options: ReadOptions, start: int) -> Iterator[RawRecord | Reject]:
    """The items of the file, numbered by position. Raises StreamError."""
    tree = parse_xml(unit.read_all(options.max_held_bytes))
    items = _items(tree)
    last = len(items) - 1

    def to_record(item: etree._Element, number: int, raw: bytes) -> RawRecord | Reject:
        if tree.cut_short and number == last:
            return Reject(number, RejectReason.BAD_XML, "the file ends inside this item", excerpt_of(raw))
        return _to_record(item, number, raw, tree)

    return read_items(items, options, start, raw_bytes, to_record)


def count(unit: Unit, options: ReadOptions) -> int:
    """The items of the file, at least one. Raises StreamError."""
    return max(1, len(_items(parse_xml(unit.read_all(options.max_held_bytes)))))


def _items(tree: Tree) -> list[etree._Element]:
    if local_name(tree.root) == "contentSet":
        return [tree.root]
    return [item for item in descendants(tree.root, *_ITEMS) if not _is_inside_item(item)]


def _is_inside_item(item: etree._Element) -> bool:
    return any(local_name(above) in _ITEMS for above in item.iterancestors())


def _to_record(item: etree._Element, number: int, raw: bytes, tree: Tree) -> RawRecord | Reject:
    content = item if local_name(item) == "contentSet" else child(item, "contentSet")
    body, method, nitf = _body(content)
    meta, about = child(item, "itemMeta"), child(item, "contentMeta")
    title = _headline(about) or (nitf.title if nitf else None)
    if not body:
        kind = attribute(child(meta, "itemClass"), "qcode") or "no class"
        reason = RejectReason.NO_TEXT_FIELD if content is None or not _has_inline(content) else RejectReason.EMPTY_BODY
        return Reject(number, reason, f"{local_name(item)} ({kind}) without text; title {title!r}", excerpt_of(raw))
    published_source, published = _published(meta, about)
    status = attribute(child(meta, "pubStatus"), "qcode") or ""
    withdrawn = status.endswith(_WITHDRAWN)
    return RawRecord(
        source_record=number,
        source_format=FORMAT.name,
        raw=raw,
        body=body,
        encoding=tree.encoding,
        extraction_method=method,
        title=title,
        guid=attribute(item, "guid"),
        publisher=_publisher(item, meta, about),
        authors=_authors(about) or (nitf.authors if nitf else ()),
        section=_section(about),
        language_hint=attribute(child(about, "language"), "tag") or item.get(XML_LANGUAGE),
        published_raw=published or (nitf.published if nitf else None),
        published_raw_source=published_source or (nitf.published_source if nitf else None),
        modified_raw=text_of(child(about, "contentModified")) or text_of(child(meta, "versionCreated")),
        dateline=_dateline(about) or (nitf.dateline if nitf else None),
        hard_wrapped=method == "newsml_data",
        warnings=(*tree.warnings, *([warning(DocumentWarning.WITHDRAWN)] if withdrawn else ())),
    )


def _has_inline(content: etree._Element) -> bool:
    return next(children(content, "inlineXML", "inlineData"), None) is not None


def _body(content: etree._Element | None) -> tuple[str, str, NitfFacts | None]:
    """The longest of the renditions that the content set holds: they are the same story in several forms."""
    found: list[tuple[str, str, NitfFacts | None]] = [("", "newsml", None)]
    for inline in children(content, "inlineXML") if content is not None else ():
        nitf = next(descendants(inline, "nitf"), None)
        if nitf is not None:
            facts = nitf_facts(nitf)
            found.append((facts.body, "newsml_nitf", facts))
        else:
            body = next(descendants(inline, "body"), inline)
            found.append((body_text(body), "newsml_xhtml", None))
    for inline in children(content, "inlineData") if content is not None else ():
        found.append((_inline_data(inline), "newsml_data", None))
    return max(found, key=lambda item: len(item[0]))


def _inline_data(inline: etree._Element) -> str:
    """Plain text keeps its lines, also in the lone pair of tags that some senders put around it."""
    text = str(inline.xpath("string()"))
    kind = attribute(inline, "contenttype") or ""
    if kind.startswith(("image", "video", "audio", "application/json")) or inline.get("encoding"):
        return ""
    if match := _ONE_PARAGRAPH.fullmatch(text):
        text = match["text"].strip("\r\n")
        return text if text.strip() else ""
    return html_text(text)


def _headline(about: etree._Element | None) -> str | None:
    """The first headline that is no sub-headline."""
    if about is None:
        return None
    lines = sorted(children(about, "headline"), key=lambda line: "sub" in (line.get("role") or "").lower())
    return next((text for line in lines if (text := text_of(line))), None)


def _published(meta: etree._Element | None, about: etree._Element | None) -> tuple[str | None, str | None]:
    candidates = (
        ("contentCreated", text_of(child(about, "contentCreated"))),
        ("firstCreated", text_of(child(meta, "firstCreated"))),
        ("versionCreated", text_of(child(meta, "versionCreated"))),
    )
    return next(((name, value) for name, value in candidates if value), (None, None))


def _publisher(item: etree._Element, meta: etree._Element | None, about: etree._Element | None) -> str | None:
    holder = child(item, "rightsInfo", "copyrightHolder")
    for element in (child(meta, "provider"), holder, child(about, "infoSource")):
        if name := _name(element):
            return name
    return attribute(child(meta, "provider"), "uri")


def _name(element: etree._Element | None) -> str | None:
    return text_of(child(element, "name")) or attribute(element, "literal")


def _authors(about: etree._Element | None) -> tuple[str, ...]:
    if about is None:
        return ()
    return author_names([first_text(about, "by")[1]]) or author_names(
        [_name(element) for element in children(about, "creator", "contributor")][:10]
    )


def _section(about: etree._Element | None) -> str | None:
    subjects = list(children(about, "subject")) if about is not None else []
    named = [text for subject in subjects if (text := text_of(child(subject, "name")))]
    literal = [text for subject in subjects if (text := attribute(subject, "literal"))]
    return next(iter((*named, *literal)), None)


def _dateline(about: etree._Element | None) -> str | None:
    return text_of(child(about, "dateline")) or _name(child(about, "located"))


FORMAT = Format(
    "newsml",
    ("application/vnd.iptc.g2.newsitem+xml", "application/vnd.iptc.g2.newsmessage+xml"),
    (".newsml", ".g2"),
    sniff,
    read,
    count,
    priority=3,
)
