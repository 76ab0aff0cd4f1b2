"""The records that travel between the layers: plain frozen dataclasses, no Arrow, no spaCy.

The classes :class:`Document`, :class:`Entity`, :class:`Quote` and :class:`RejectRow` have exactly the fields of the
tables of the same names in ``warehouse/tables``; a contract test names any field or column that is missing on either
side. Offsets are Unicode code points, half-open, into ``Document.text``; an absent offset is ``-1``.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class RejectReason(StrEnum):
    """Why a record did not become a document. The list is closed: ``docs/rejects.md`` explains each."""

    EMPTY = "empty"  # no bytes, or nothing but a byte order mark and white space
    EMPTY_BODY = "empty_body"  # a record with a header or title but no text of its own
    BINARY = "binary"  # not text in any encoding we read
    BAD_JSON = "bad_json"  # not JSON, or nested too deeply
    NO_TEXT_FIELD = "no_text_field"  # JSON without a field that holds an article text
    TOO_LARGE = "too_large"  # over the size cap of a file or a record
    TOO_LARGE_UNCOMPRESSED = "too_large_uncompressed"  # grew over the cap while being unpacked
    TRUNCATED_ARCHIVE = "truncated_archive"  # compressed data ends too early
    BAD_ARCHIVE = "bad_archive"  # not the archive its name and first bytes promise, or encrypted
    PERMISSION = "permission"  # the operating system refuses to open the file
    UNREADABLE = "unreadable"  # any other operating system error while reading
    TIMEOUT = "timeout"  # reading or annotating this record took longer than its time limit and was stopped
    KILLED_PROCESS = "killed_process"  # the process died on this record, twice: a segmentation fault, out of memory
    CRASHED = "crashed"  # reading or annotating this record raised an error that we did not foresee


class MarkedKind(StrEnum):
    """What a span in ``Document.marked_spans`` is."""

    HEADLINE = "headline"
    BYLINE = "byline"
    DATELINE = "dateline"
    BOILERPLATE = "boilerplate"
    WIRE_CREDIT = "wire_credit"


class QuoteType(StrEnum):
    """PARC/RiQuA types: all of the content in marks, some of it, none of it."""

    DIRECT = "direct"
    MIXED = "mixed"
    INDIRECT = "indirect"


class SpeakerType(StrEnum):
    """What kind of mention the source of a quote is."""

    NAMED = "named"
    PRONOUN = "pronoun"
    NOMINAL = "nominal"
    ORGANISATION = "organisation"
    DOCUMENT = "document"
    NONE = "none"


class MentionType(StrEnum):
    """Name, common noun phrase, or pronoun."""

    PROP = "PROP"
    NOM = "NOM"
    PRON = "PRON"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a record's bytes lie: a landing file, its member (inside an archive), its position from 0."""

    source_path: str
    source_member: str | None
    source_sha256: str  # of the file's or the member's bytes, in hexadecimal
    source_record: int = 0


@dataclass(frozen=True, slots=True)
class RawRecord:
    """One article as its file gives it, before normalisation.

    ``raw`` are the bytes that identify the record when it carries no URL or GUID; ``body`` is decoded but untouched.
    Dates are the strings of the source.
    """

    source_record: int
    source_format: str
    raw: bytes
    body: str
    encoding: str
    extraction_method: str
    title: str | None = None
    url: str | None = None
    canonical_url: str | None = None
    guid: str | None = None
    publisher: str | None = None
    authors: tuple[str, ...] = ()
    section: str | None = None
    language_hint: str | None = None
    published_raw: str | None = None
    published_raw_source: str | None = None  # "header", or the name of the field that it came from
    modified_raw: str | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reject:
    """A record that does not become a document, as a reader reports it."""

    source_record: int
    reason: RejectReason
    detail: str
    excerpt: str = ""


@dataclass(frozen=True, slots=True)
class MarkedSpan:
    """A stretch of the text that is not the article's prose."""

    kind: MarkedKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Provenance:
    """What every row of one run has in common."""

    run_id: str
    model: str
    pipeline_version: str
    ingested_at: datetime  # UTC, zone-aware


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One row of ``documents``. Paragraphs are not stored: ``transforms.normalise.paragraphs`` derives them."""

    document_id: str
    url: str | None
    canonical_url: str | None
    publisher: str | None
    title: str | None
    authors: tuple[str, ...]
    section: str | None
    language: str | None
    language_score: float
    text: str
    char_count: int
    word_count: int
    published_at: datetime | None  # zone-aware UTC, or None where the source gives a day only or nothing
    published_on: datetime | None  # midnight, without zone
    published_at_source: str | None
    modified_at: datetime | None
    ingested_at: datetime
    dateline_place: str | None
    text_hash: str
    duplicate_of: str | None = None
    near_duplicate_cluster: str | None = None
    source_path: str
    source_member: str | None
    source_record: int
    source_format: str
    source_sha256: str
    raw_text_sha256: str
    record_hash: str
    marked_spans: tuple[MarkedSpan, ...] = ()
    encoding: str
    extraction_method: str
    warnings: tuple[str, ...] = ()
    entity_count: int = 0
    quote_count: int = 0
    model: str | None  # None when the language has no model and nothing was annotated
    pipeline_version: str
    run_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """One row of ``entities``: a mention."""

    mention_id: str
    document_id: str
    start: int
    end: int
    sentence_index: int
    paragraph_index: int
    text: str
    label: str
    label_model: str
    label_source: str
    role: str | None
    mention_type: MentionType
    canonical_name: str
    entity_id: str | None = None
    model: str
    pipeline_version: str
    published_on: datetime | None


@dataclass(frozen=True, slots=True)
class Part:
    """A quoted stretch inside a quote's content, offsets into the document."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """One row of ``quotes``."""

    quote_id: str
    document_id: str
    quote_index: int
    quote_type: QuoteType
    quote_group: int
    content: str
    content_start: int
    content_end: int
    quoted_parts: tuple[Part, ...] = ()
    paragraph_index: int
    cue: str | None
    cue_start: int
    cue_end: int
    cue_lemma: str | None
    speaker: str | None
    speaker_start: int
    speaker_end: int
    speaker_type: SpeakerType
    speaker_canonical: str | None
    speaker_entity_id: str | None = None
    speaker_mention_id: str | None
    addressee: str | None
    via: str | None
    attribution_method: str
    confidence: float
    model: str
    pipeline_version: str
    published_on: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectRow:
    """One row of ``rejects``."""

    source_path: str
    source_member: str | None
    source_record: int
    source_sha256: str
    reason: RejectReason
    detail: str
    excerpt: str
    run_id: str


@dataclass(frozen=True, slots=True)
class Annotated:
    """A document with the rows that hang on it."""

    document: Document
    entities: tuple[Entity, ...] = field(default=())
    quotes: tuple[Quote, ...] = field(default=())
