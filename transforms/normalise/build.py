"""One record to one document: text, dates, language, identity and marks, before anything is annotated."""

import hashlib
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from transforms.errors import OnrecordError
from transforms.normalise.boilerplate import Article, Boilerplate
from transforms.normalise.dates import DateOptions, PublicationDate, parse_date
from transforms.normalise.identity import best_url, document_id, host_of, record_hash, text_hash
from transforms.normalise.language import identify_language
from transforms.normalise.marks import find_marks
from transforms.normalise.paragraphs import paragraphs
from transforms.normalise.text import normalise_line, normalise_text
from transforms.normalise.warnings import unique
from transforms.records import Document, Origin, Provenance, RawRecord, Reject, RejectReason


class UnknownZoneError(OnrecordError):
    """The options name a time zone that this system does not know."""

    def __init__(self, zone: str) -> None:
        super().__init__(f"There is no time zone {zone!r}.", remedy="Use an IANA name such as Europe/London or UTC.")
        self.zone = zone


@dataclass(frozen=True, slots=True)
class NormaliseOptions:
    """What the user may decide about reading articles.

    Attributes:
        day_first: whether 03/04/2024 is 3 April; None leaves such dates unknown, with a warning.
        future_days: how many days after ingestion a date may lie and still be believed.
        boilerplate: paragraphs that were learned to be no part of articles.
        default_zone: IANA name of the zone of times that state none; None leaves their instant unknown.
    """

    day_first: bool | None = None
    future_days: int = 2
    default_zone: str | None = None
    boilerplate: Boilerplate = field(default_factory=Boilerplate)

    def __post_init__(self) -> None:
        _zone(self.default_zone)


def build_document(
    record: RawRecord, origin: Origin, provenance: Provenance, options: NormaliseOptions
) -> Document | Reject:
    """The document of a record, not yet annotated (``model`` None, counts 0); a Reject when it has no text."""
    normalised = normalise_text(record.body, hard_wrapped=record.hard_wrapped)
    if not normalised.text:
        return Reject(record.source_record, RejectReason.EMPTY_BODY, _facts_without_text(record))
    published, modified = _dates(record, provenance, options)
    language, score = identify_language(normalised.text, record.language_hint)
    title = normalise_line(record.title)
    publisher = _publisher(record)
    furniture = options.boilerplate.of(publisher)
    marks = find_marks(normalised.text, paragraphs(normalised.text), title, furniture)
    return Document(
        document_id=document_id(record),
        url=normalise_line(record.url),
        canonical_url=best_url(record),
        publisher=publisher,
        title=title,
        authors=tuple(name for author in record.authors if (name := normalise_line(author))),
        section=normalise_line(record.section),
        language=language,
        language_score=score,
        text=normalised.text,
        char_count=len(normalised.text),
        word_count=len(normalised.text.split()),
        published_at=published.at,
        published_on=published.on,
        published_at_source=record.published_raw_source if published.on else None,
        modified_at=modified.at,
        ingested_at=provenance.ingested_at,
        dateline_place=marks.dateline_place or normalise_line(record.dateline),
        text_hash=text_hash(normalised.text),
        source_path=origin.source_path,
        source_member=origin.source_member,
        source_record=record.source_record,
        source_format=record.source_format,
        source_sha256=origin.source_sha256,
        raw_text_sha256=hashlib.sha256(record.body.encode("utf-8", "surrogatepass")).hexdigest(),
        record_hash=record_hash(record),
        marked_spans=marks.spans,
        encoding=record.encoding,
        extraction_method=record.extraction_method,
        warnings=unique([*record.warnings, *published.warnings, *normalised.warnings]),
        model=None,
        pipeline_version=provenance.pipeline_version,
        run_id=provenance.run_id,
    )


def build_article(record: RawRecord) -> Article | Reject:
    """Of the document of a record only what boilerplate is learned from; a Reject when it has no text."""
    text = normalise_text(record.body, hard_wrapped=record.hard_wrapped).text
    if not text:
        return Reject(record.source_record, RejectReason.EMPTY_BODY, _facts_without_text(record))
    return _publisher(record), text_hash(text), text


def _publisher(record: RawRecord) -> str | None:
    return normalise_line(record.publisher) or host_of(best_url(record))


def _dates(
    record: RawRecord, provenance: Provenance, options: NormaliseOptions
) -> tuple[PublicationDate, PublicationDate]:
    """Publication and last change. Only the first decides where a document is stored, so only it warns."""
    date_options = DateOptions(
        now=provenance.ingested_at,
        day_first=options.day_first,
        future_days=options.future_days,
        zone=_zone(options.default_zone),
    )
    return parse_date(record.published_raw, date_options), parse_date(record.modified_raw, date_options)


def _zone(name: str | None) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name is not None else None
    except (ZoneInfoNotFoundError, ValueError):
        raise UnknownZoneError(str(name)) from None


def _facts_without_text(record: RawRecord) -> str:
    facts = {"date": record.published_raw, "title": record.title, "url": record.url}
    known = "; ".join(f"{name} {value!r}" for name, value in facts.items() if value)
    return f"no text; {known}" if known else "no text"
