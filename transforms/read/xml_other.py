"""XML of no kind that is read: refused with its root element named, never taken for text with tags in it."""

import re
from collections.abc import Iterator

from transforms.read.formats import Confidence, Format
from transforms.read.items import excerpt_of
from transforms.read.options import ReadOptions
from transforms.read.sniffing import text_of_head
from transforms.read.streams import Unit
from transforms.read.xml_tree import local_name, parse_xml, raw_bytes
from transforms.records import RawRecord, Reject, RejectReason

_XML = re.compile(r"<\?xml|<[A-Za-z][\w.:-]*\s[^<>]{0,500}?xmlns(?::[\w-]+)?\s*=\s*[\"']")


def sniff(head: bytes) -> Confidence:
    """Plausible for what declares itself XML, or names the vocabulary of its first element (as SVG does)."""
    return Confidence.PLAUSIBLE if _XML.match(text_of_head(head)) else Confidence.NO


def read(unit: Unit, options: ReadOptions, start: int) -> Iterator[RawRecord | Reject]:
    """One reject. Raises StreamError."""
    del start
    root = parse_xml(unit.read_all(options.max_held_bytes)).root
    detail = f"XML with the root <{local_name(root)}>, which no reader knows"
    yield Reject(0, RejectReason.NO_TEXT_FIELD, detail, excerpt_of(raw_bytes(root)))


def count(unit: Unit, options: ReadOptions) -> int:
    """One record a file."""
    del unit, options
    return 1


FORMAT = Format("xml", ("application/xml", "text/xml"), (".xml",), sniff, read, count)
