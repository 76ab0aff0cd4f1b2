"""NITF: one article a file, as agencies sent it before NewsML-G2 and many still do."""

from collections.abc import Iterator

from transforms.normalise.warnings import DocumentWarning, warning
from transforms.read.errors import StreamError
from transforms.read.formats import Confidence, Format
from transforms.read.items import excerpt_of
from transforms.read.nitf_body import nitf_facts
from transforms.read.options import ReadOptions
from transforms.read.streams import Unit
from transforms.read.xml_tree import descendants, parse_xml, raw_bytes, root_name
from transforms.records import RawRecord, Reject, RejectReason


def sniff(head: bytes) -> Confidence:
    """Sure by the root element."""
    return Confidence.SURE if root_name(head) == "nitf" else Confidence.NO


def read(unit: Unit, options: ReadOptions, start: int) -> Iterator[RawRecord | Reject]:
    """The one article. Raises StreamError."""
    del start
    tree = parse_xml(unit.read_all(options.max_record_bytes))
    if tree.cut_short:
        raise StreamError(RejectReason.BAD_XML, "the file ends inside the article")
    raw = raw_bytes(tree.root)
    facts = nitf_facts(next(descendants(tree.root, "nitf"), tree.root))
    if not facts.body:
        yield Reject(0, RejectReason.EMPTY_BODY, f"no text; title {facts.title!r}", excerpt_of(raw))
        return
    yield RawRecord(
        source_record=0,
        source_format=FORMAT.name,
        raw=raw,
        body=facts.body,
        encoding=tree.encoding,
        extraction_method="nitf",
        title=facts.title,
        url=facts.url,
        guid=facts.guid,
        publisher=facts.publisher,
        authors=facts.authors,
        section=facts.section,
        language_hint=facts.language,
        published_raw=facts.published,
        published_raw_source=facts.published_source,
        dateline=facts.dateline,
        warnings=(*tree.warnings, *([warning(DocumentWarning.WITHDRAWN)] if facts.withdrawn else ())),
    )


def count(unit: Unit, options: ReadOptions) -> int:
    """One article a file."""
    del unit, options
    return 1


FORMAT = Format("nitf", ("application/nitf+xml",), (".nitf",), sniff, read, count, priority=3)
