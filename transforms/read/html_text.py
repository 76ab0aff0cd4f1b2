"""The article's text out of a parsed page: trafilatura finds it, the steps here take off what belongs to the page.

Measured by ``benchmarks/html.py``, which also says what each peer reaches on the same pages.
"""

import re
from copy import deepcopy
from functools import cache
from html import unescape
from typing import TYPE_CHECKING

from transforms.normalise.rules import alternatives, load_rules
from transforms.read.html_metadata import PageFacts

if TYPE_CHECKING:
    from lxml.etree import _Element
    from lxml.html import HtmlElement

_MAX_LINE_OF_CREDIT = 80
_MIN_REPEATED = 40  # shorter lines may well come twice: "He did."
_MIN_STANDFIRST = 50
_MIN_TITLE_LINE = 10
_LINKS_ONLY = 0.9  # of a block's characters
_SHORT = 1500  # below it the cautious extraction may have missed most of the article
_RATIO = 1.5
_HEAD_LINES = 6  # title, kicker and byline stand above the text


def parse_page(text: str) -> "HtmlElement | None":
    """The page's tree; None when nothing in it is an element. Nesting deeper than libxml2 allows is cut off there."""
    from lxml import etree, html  # noqa: PLC0415  trafilatura and lxml take a second to import

    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, default_doctype=False)
    try:
        return html.document_fromstring(text.replace("\x00", "").encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None


def article_text(tree: "HtmlElement", facts: PageFacts) -> str:
    """The article's paragraphs, one a line with blank lines between them, without its title; "" when there is none.

    Trafilatura's cautious mode is the better one on news pages (F1 .960 against .950 on the 70 pages of the
    article-extraction-benchmark); where it finds little, the balanced mode is asked too.
    """
    page = _without_furniture(deepcopy(tree))
    text = _extract(page, cautious=True)
    if len(text) < _SHORT:
        other = _extract(page, cautious=False) or _extract(tree, cautious=False)
        text = other if len(other) > _RATIO * len(text) else text
    if facts.body:  # pages that scripts build often carry the article in their JSON-LD
        described = fragment_text(facts.body)
        # Trafilatura looks there too, but loses the paragraphs.
        text = described if not text or _plain(text) == _plain(described) else text
    lines = _without_page_lines(text.splitlines(), facts)
    return "\n\n".join(_with_standfirst(lines, facts, tree))


def page_date(tree: "HtmlElement", url: str | None) -> str | None:
    """The day of publication (ISO 8601) by htmldate: elements and classes that mean a date, and the address.

    Its search through the running text is off: a day named there is not the day of publication.
    """
    from htmldate import find_date  # noqa: PLC0415

    page = deepcopy(tree)
    modified = load_rules("read_html")["meta"]["modified"]
    for element in list(page.iter("meta", "time")):
        names = {(element.get(attribute) or "").lower() for attribute in ("name", "property", "itemprop", "http-equiv")}
        if names.intersection(modified):  # the day of the last change is not that of publication
            _drop(element)
    return find_date(page, url=url, original_date=True, extensive_search=False)


def fragment_text(markup: str) -> str:
    """The text of an HTML fragment, as in feeds: paragraphs with blank lines between them, nothing judged."""
    from lxml import etree, html  # noqa: PLC0415

    if "<" not in markup:
        return unescape(markup).strip()
    try:
        element = html.fragment_fromstring(markup.replace("\x00", ""), create_parent="div")
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return markup
    for tag in ("script", "style"):
        for unwanted in list(element.iter(tag)):
            unwanted.drop_tree()
    for block in element.iter("p", "div", "br", "li", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "tr"):
        block.tail = ("\n" if block.tag == "br" else "\n\n") + (block.tail or "")
    text = element.text_content()
    return re.sub(r"\n{3,}", "\n\n", "\n".join(" ".join(line.split()) for line in text.split("\n"))).strip()


def _extract(tree: "HtmlElement", *, cautious: bool) -> str:
    import trafilatura  # noqa: PLC0415

    found = trafilatura.bare_extraction(tree, include_comments=False, with_metadata=False, favor_precision=cautious)
    text = getattr(found, "text", None)
    return text if isinstance(text, str) else ""


def _without_furniture(tree: "HtmlElement") -> "HtmlElement":
    for path in load_rules("read_html")["furniture"]["prune"]:
        for element in tree.xpath(path):
            _drop(element)
    _drop_other_articles(tree)
    for element in list(tree.iter("ul", "ol", "p", "aside")):
        if _is_links_only(element):
            _drop(element)
    return tree


def _drop(element: "HtmlElement") -> None:
    if element.getparent() is not None:
        element.drop_tree()


def _drop_other_articles(tree: "HtmlElement") -> None:
    """Pages that scroll on into the next article: what follows the first article with a heading of its own."""
    headed = [element for element in tree.iter("article") if element.find(".//h1") is not None]
    outer = [element for element in headed if next(element.iterancestors("article"), None) is None]
    for element in outer[1:]:
        _drop(element)


def _is_links_only(element: "_Element") -> bool:
    """Whether a list or paragraph is a menu or a teaser: nothing but links, and too long or too many for a citation."""
    whole = len("".join("".join(element.itertext()).split()))
    linked = sum(len("".join("".join(link.itertext()).split())) for link in element.iter("a"))
    return whole > 0 and linked >= _LINKS_ONLY * whole


def _without_page_lines(lines: list[str], facts: PageFacts) -> list[str]:
    """The lines without the title above them, labels, picture credits and repetitions."""
    titles = {_plain(title) for title in facts.titles}
    titles |= {_plain(part) for title in facts.titles for part in re.split(r"\s[|–—-]\s", title)}
    kept: list[str] = []
    seen: set[str] = set()
    for line in (" ".join(line.split()) for line in lines):
        plain = _plain(line)
        is_title = len(kept) < _HEAD_LINES and len(plain) >= _MIN_TITLE_LINE and plain in titles
        if not plain or is_title or _is_label(line) or plain in seen:
            continue
        if len(plain) >= _MIN_REPEATED:
            seen.add(plain)
        kept.append(line)
    return kept


def _is_label(line: str) -> bool:
    label = line.strip(" -–—•|:>»→…").casefold()
    return label in _labels() or (len(line) <= _MAX_LINE_OF_CREDIT and _credit().match(line) is not None)


def _with_standfirst(lines: list[str], facts: PageFacts, tree: "_Element") -> list[str]:
    """The summary that stands under the title, where the extraction left it out and the page shows it to readers."""
    standfirst = " ".join((facts.description or "").split())
    plain = _plain(standfirst)
    if not lines or len(standfirst) < _MIN_STANDFIRST or plain in _plain(" ".join(lines)):
        return lines
    for element in tree.iter("p", "h2", "h3", "div", "span", "strong"):
        if len(element) <= 3 and _plain("".join(element.itertext())) == plain:
            return [standfirst, *lines]
    return lines


def _plain(text: str) -> str:
    """Letters and digits only, for comparing lines that differ in quotation marks, spaces and dashes."""
    return "".join(char for char in text.casefold() if char.isalnum())


@cache
def _labels() -> frozenset[str]:
    return frozenset(load_rules("read_html")["furniture"]["lines"])


@cache
def _credit() -> re.Pattern[str]:
    words = alternatives(load_rules("read_html")["furniture"]["credits"])
    return re.compile(rf"\(?(?:{words})\s*[:©/]\s*\S", re.IGNORECASE)
