"""The facts and the text of one ``nitf`` element, on its own or inside NewsML-G2.

Elements: NITF 3.6, https://iptc.org/standards/nitf/ ; agencies use few of them, and some against the DTD.
"""

from dataclasses import dataclass

from lxml import etree

from transforms.read.items import author_names
from transforms.read.markup import paragraphs_of
from transforms.read.xml_tree import (
    XML_LANGUAGE,
    attribute,
    child,
    children,
    descendants,
    text_of,
)

_WITHDRAWN = frozenset({"canceled", "cancelled", "killed"})


@dataclass(frozen=True, slots=True)
class NitfFacts:
    """What a ``nitf`` element says; None and empty where it says nothing. Dates as written."""

    body: str
    title: str | None
    authors: tuple[str, ...]
    publisher: str | None
    section: str | None
    language: str | None
    dateline: str | None
    published: str | None
    published_source: str | None
    guid: str | None
    url: str | None
    withdrawn: bool


def nitf_facts(nitf: etree._Element) -> NitfFacts:
    """Reads one article."""
    head, body = child(nitf, "head"), child(nitf, "body")
    top = child(body, "body.head")
    docdata = child(head, "docdata")
    published_source, published = _published(head, docdata, top)
    return NitfFacts(
        body=_body(body),
        title=text_of(child(top, "hedline", "hl1")) or text_of(child(top, "hedline")) or text_of(child(head, "title")),
        authors=_authors(top),
        publisher=_publisher(head, docdata, top),
        section=_section(head, docdata),
        language=attribute(nitf, "baselang") or nitf.get(XML_LANGUAGE) or _text_language(body),
        dateline=_dateline(top),
        published=published,
        published_source=published_source,
        guid=_guid(docdata, _publisher(head, docdata, top)),
        url=attribute(child(head, "pubdata"), "ex-ref"),
        withdrawn=(attribute(docdata, "management-status") or "") in _WITHDRAWN,
    )


def _body(body: etree._Element | None) -> str:
    content, end = child(body, "body.content"), child(body, "body.end")
    lines = paragraphs_of(content) if content is not None else []
    if not lines:
        abstract = child(body, "body.head", "abstract")
        lines = paragraphs_of(abstract) if abstract is not None else []
    elif end is not None:
        lines += [line for tagline in children(end, "tagline") for line in paragraphs_of(tagline)]
    return "\n\n".join(lines)


def _authors(top: etree._Element | None) -> tuple[str, ...]:
    """Persons where they are marked, else the byline without the titles in it."""
    bylines = list(children(top, "byline")) if top is not None else []
    names: list[str | None] = []
    for byline in bylines:
        persons = [text_of(person) for person in descendants(byline, "person")]
        names += persons or [_without_titles(byline)]
    return author_names(names)


def _without_titles(byline: etree._Element) -> str | None:
    parts = [byline.text or ""]
    for element in byline:
        if element not in list(children(byline, "byttl")) and isinstance(element.tag, str):
            parts.append(text_of(element) or "")
        parts.append(element.tail or "")
    return " ".join(" ".join(parts).split()).strip(" ,") or None


def _published(
    head: etree._Element | None, docdata: etree._Element | None, top: etree._Element | None
) -> tuple[str | None, str | None]:
    """The day of issue; the release and the publication only where it is missing. Only machine-readable dates."""
    candidates = (
        ("date.issue", attribute(child(docdata, "date.issue"), "norm")),
        ("date.release", attribute(child(docdata, "date.release"), "norm")),
        ("date.publication", attribute(child(head, "pubdata"), "date.publication")),
        ("story.date", attribute(child(top, "dateline", "story.date"), "norm")),
    )
    return next(((name, value) for name, value in candidates if value), (None, None))


def _publisher(head: etree._Element | None, docdata: etree._Element | None, top: etree._Element | None) -> str | None:
    return (
        text_of(child(top, "distributor"))
        or attribute(child(docdata, "doc.copyright"), "holder")
        or attribute(child(docdata, "doc-id"), "regsrc")
        or attribute(child(head, "pubdata"), "name")
    )


def _section(head: etree._Element | None, docdata: etree._Element | None) -> str | None:
    tobject = child(head, "tobject")
    subject = attribute(child(tobject, "tobject.subject"), "tobject.subject.type")
    if subject:
        return subject
    kind = attribute(tobject, "tobject.type")
    fixture = attribute(child(docdata, "fixture"), "fix-id")
    return kind if kind and kind.lower() != "news" else fixture


def _text_language(body: etree._Element | None) -> str | None:
    return (
        next((value for node in body.iter() if (value := node.get(XML_LANGUAGE))), None) if body is not None else None
    )


def _dateline(top: etree._Element | None) -> str | None:
    dateline = child(top, "dateline")
    if dateline is None:
        return None
    return text_of(child(dateline, "location")) or (None if len(dateline) else text_of(dateline))


def _guid(docdata: etree._Element | None, publisher: str | None) -> str | None:
    """The identifier with its registrar: it is unique for a publisher only."""
    element = child(docdata, "doc-id")
    identifier = attribute(element, "id-string")
    registrar = attribute(element, "regsrc") or attribute(child(docdata, "doc.copyright"), "holder") or publisher
    return f"nitf:{registrar}:{identifier}" if identifier and registrar else None
