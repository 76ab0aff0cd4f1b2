"""XML that strangers send: parsed without entities, network or a DTD; facts and texts found by local names.

Feeds and agencies mix namespaces and leave them out, so elements are named here by their local names alone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from transforms.normalise.warnings import DocumentWarning, warning
from transforms.read.errors import StreamError
from transforms.read.sniffing import text_of_head
from transforms.read.streams import HEAD_BYTES
from transforms.records import RejectReason

_BEFORE_ROOT = re.compile(
    r"\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*|<!DOCTYPE\b[^\[>]*(?:\[.*?\]\s*)?>\s*)*<(?P<root>[A-Za-z_][\w.:-]*)", re.DOTALL
)
XML_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True, slots=True)
class Tree:
    """A parsed file: its root element, the encoding that it was read in, and what had to be repaired.

    ``cut_short`` says that the file ends before its root element does.
    """

    root: etree._Element
    encoding: str
    warnings: tuple[str, ...] = ()
    cut_short: bool = False


def root_name(head: bytes) -> str:
    """Local name of the first element in the first bytes of a file, in lower case; empty when there is none."""
    match = _BEFORE_ROOT.match(text_of_head(head, HEAD_BYTES))
    return match["root"].rpartition(":")[2].lower() if match else ""


def parse_xml(data: bytes) -> Tree:
    """The tree of a file. What is not well-formed is repaired where that is possible, with a warning.

    Raises StreamError (empty, bad_xml) for no bytes, for declared entities (they are how XML attacks its readers, and
    news needs none), for elements nested deeper than libxml2 takes, and for what is no XML at all.
    """
    if not data.strip():
        raise StreamError(RejectReason.EMPTY, "nothing but white space" if data else "no bytes")
    data = data.lstrip()
    try:
        return _checked(etree.fromstring(data, _parser(recover=False)))
    except etree.XMLSyntaxError as error:
        problem = str(error)
    except ValueError as error:  # a name or encoding that libxml2 itself refuses
        raise StreamError(RejectReason.BAD_XML, str(error)) from None
    try:
        root = etree.fromstring(data, _parser(recover=True))
    except (etree.XMLSyntaxError, ValueError) as error:
        raise StreamError(RejectReason.BAD_XML, str(error)) from None
    if root is None or not len(root) or "excessive depth" in problem.lower():
        raise StreamError(RejectReason.BAD_XML, problem)
    cut_short = local_name(root).encode() not in data.rstrip()[-HEAD_BYTES:].rpartition(b"</")[2]
    return _checked(root, (warning(DocumentWarning.MARKUP_REPAIRED, problem),), cut_short)


def _parser(*, recover: bool) -> etree.XMLParser:
    """One a file: a parser keeps what it learns of one document."""
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True, recover=recover
    )


def _checked(root: etree._Element, warnings: tuple[str, ...] = (), cut_short: bool = False) -> Tree:
    info = root.getroottree().docinfo
    dtd = info.internalDTD
    if dtd is not None and next(iter(dtd.iterentities()), None) is not None:
        raise StreamError(RejectReason.BAD_XML, "the file declares entities of its own, which are never expanded")
    return Tree(root, (info.encoding or "utf-8").lower(), warnings, cut_short)


def local_name(element: etree._Element) -> str:
    """The name without its namespace, as written; empty for comments and the like."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    """Children with one of the local names, in document order."""
    return (child for child in element if local_name(child) in names)


def child(element: etree._Element | None, *path: str) -> etree._Element | None:
    """The first element under ``element`` by a path of local names; None where a step is missing."""
    for name in path:
        if element is None:
            return None
        element = next(children(element, name), None)
    return element


def descendants(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    """All elements below (or equal to) ``element`` with one of the local names, in document order."""
    return (found for found in element.iter() if local_name(found) in names)


def text_of(element: etree._Element | None) -> str | None:
    """All characters inside an element on one line; None where there are none or no element."""
    if element is None:
        return None
    return " ".join(str(element.xpath("string()")).split()) or None


def attribute(element: etree._Element | None, name: str) -> str | None:
    """A non-empty attribute, None otherwise."""
    value = element.get(name) if element is not None else None
    return value.strip() or None if value is not None else None


def first_text(element: etree._Element, *names: str) -> tuple[str | None, str | None]:
    """The first of the names whose child holds characters, with those characters."""
    for name in names:
        for found in children(element, name):
            if (text := text_of(found)) is not None:
                return name, text
    return None, None


def raw_bytes(element: etree._Element) -> bytes:
    """One spelling of an element, whatever its quotes, attribute order and surroundings."""
    data: bytes = etree.tostring(element, method="c14n", with_tail=False)
    return data
