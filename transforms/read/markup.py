"""The paragraphs of XHTML, NITF and snippets of HTML: what a reader of the page would call its lines of text."""

import re
from collections.abc import Iterator
from functools import cache
from html import unescape

import lxml.html
from lxml import etree

from transforms.normalise.rules import load_rules
from transforms.read.xml_tree import local_name

_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!--")
_OPENING = re.compile(
    r"\s*<(?:!DOCTYPE|html|body|article|section|main|div|p|h[1-6]|ul|ol|table|blockquote|figure|span|strong|em|b|i|a|img|br)"
    r"(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_CLOSING = re.compile(r"</(?:p|div|article|section|body|h[1-6]|li|span|blockquote)\s*>|<br\s*/?>", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\r\n\f]+")


@cache
def _names(kind: str) -> frozenset[str]:
    return frozenset(load_rules("read_markup")[kind])


def paragraphs_of(element: etree._Element) -> list[str]:
    """The paragraphs below an element, white space collapsed. Cells of a table's row share one line."""
    lines: list[str] = []
    pending: list[str] = []

    def close() -> None:
        if line := _SPACE.sub(" ", "".join(pending)).strip():
            lines.append(line)
        pending.clear()

    for kind, piece in _events(element):
        if kind == "break":
            close()
        else:
            pending.append(piece)
    close()
    return lines


def body_text(element: etree._Element) -> str:
    """The paragraphs below an element with a blank line between them."""
    return "\n\n".join(paragraphs_of(element))


def html_text(snippet: str) -> str:
    """The text of a piece of HTML as feeds carry it; text without tags keeps its lines as they are.

    Nothing here raises: what libxml2 cannot read as HTML is text.
    """
    if not _TAG.search(snippet):
        return unescape(snippet).strip()
    try:
        root = lxml.html.fragment_fromstring(snippet.replace("\0", ""), create_parent="div")
    except (etree.LxmlError, ValueError, AssertionError):
        return _TAG.sub(" ", snippet).strip()
    return body_text(root)


def looks_like_markup(text: str) -> bool:
    """Whether a text is a piece of HTML: it begins with an element of blocks or inline text, and closes one."""
    return _OPENING.match(text) is not None and _CLOSING.search(text) is not None


def _events(element: etree._Element) -> Iterator[tuple[str, str]]:
    """Texts and breaks in reading order. Iterative: nesting costs no stack."""
    skipping = 0
    for event, node in etree.iterwalk(element, events=("start", "end", "comment", "pi")):
        if event in ("comment", "pi"):
            if not skipping and node.tail:
                yield "text", node.tail
            continue
        name = local_name(node).lower()
        if event == "start":
            if skipping or name in _names("skipped"):
                skipping += 1
                continue
            if name in _names("blocks"):
                yield "break", ""
            elif name in _names("cells"):
                yield "text", " "
            if node.text:
                yield "text", node.text
            continue
        if skipping:
            skipping -= 1
        elif name in _names("blocks"):
            yield "break", ""
        if not skipping and node is not element and node.tail:
            yield "text", node.tail
