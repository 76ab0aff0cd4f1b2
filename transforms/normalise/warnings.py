"""What a document can be warned about: a closed list, explained in ``docs/rejects.md``."""

from collections.abc import Iterable
from enum import StrEnum

_MAX_DETAIL = 200  # a warning names its cause; it is no place for a second copy of the article


class DocumentWarning(StrEnum):
    """Why a user should look twice at a document."""

    BAD_DATE = "bad_date"  # no date in any format that we trust, or an impossible one
    AMBIGUOUS_DATE = "ambiguous_date"  # 03/04/2024 without the option that says which number is the day
    TWO_DATES = "two_dates"  # a second, different date header: the first one counts
    FUTURE_DATE = "future_date"  # later than the ingestion by more than the option allows
    ABSURD_DATE = "absurd_date"  # before 1800
    TIME_WITHOUT_ZONE = "time_without_zone"  # a time of day that names no zone: the day is kept, the instant unknown
    ENCODING_REPAIRED = "encoding_repaired"  # text decoded wrongly before it reached us was repaired
    ENTITIES_UNESCAPED = "entities_unescaped"  # character references such as &amp;quot; became characters
    INVALID_BYTES = "invalid_bytes"  # bytes that are no text became U+FFFD
    LONE_SURROGATES = "lone_surrogates"  # halves of surrogate pairs became U+FFFD
    CONTROL_CHARACTERS = "control_characters"  # control characters were dropped
    LINES_REJOINED = "lines_rejoined"  # hard-wrapped lines became paragraphs
    MARKUP_REPAIRED = "markup_repaired"  # XML that is not well-formed was read as far as it could be understood
    WITHDRAWN = "withdrawn"  # the agency has cancelled the article
    TRUNCATED_RECORD = "truncated_record"  # the source ends before the record does: its end may be missing
    UNSUPPORTED_LANGUAGE = "unsupported_language"  # stored, but no model of this run reads the language
    TOO_LONG = "too_long"  # longer than the model takes at once: annotated in pieces


def warning(kind: DocumentWarning, detail: str = "") -> str:
    """The stored form: ``kind`` or ``kind: detail`` (detail on one line, at most 200 characters)."""
    detail = " ".join(detail.split())[:_MAX_DETAIL]
    return f"{kind}: {detail}" if detail else str(kind)


def unique(warnings: Iterable[str]) -> tuple[str, ...]:
    """The warnings in order of appearance, each once."""
    return tuple(dict.fromkeys(warnings))
