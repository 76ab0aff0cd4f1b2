"""Dates of publication from the strings that a source declares as such. Never from running text.

Strict patterns over the whole string: ISO 8601, RFC 2822, the date types of common dumps, and dates with the month in
English letters. Lenient parsers were measured on 19 strings that are no dates: they accepted 9 and 12 of them.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from transforms.normalise.rules import alternatives, load_rules
from transforms.normalise.warnings import DocumentWarning, warning

FIRST_CREDIBLE_YEAR = 1800
_RULES = load_rules("normalise_dates")
_MONTHS = {name: number for number, names in enumerate(_RULES["months"], 1) for name in names}
_ZONES: dict[str, int] = _RULES["zones"]
_MONTH = rf"(?P<month>{alternatives(_MONTHS)})\.?"
_WEEKDAY = rf"(?:(?:{alternatives(_RULES['weekdays'])})\.?,?\s)?"
_ZONE = rf"\s?(?P<zone>[+-]\d\d(?::?\d\d)?|(?:{alternatives(_ZONES)}))(?:\s\([a-z ]+\))?"
_TIME = rf"(?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d{{1,9}})?)?(?:{_ZONE})?"
_FLAGS = re.IGNORECASE | re.ASCII

_PATTERNS = tuple(
    re.compile(pattern, _FLAGS)
    for pattern in (
        rf"(?P<year>\d{{4}})(?P<sep>[-/.])(?P<month>\d\d?)(?P=sep)(?P<day>\d\d?)(?:(?:T|,?\s){_TIME})?",
        rf"(?P<year>\d{{4}})(?P<month>\d\d)(?P<day>\d\d)(?:T?(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?(?:{_ZONE})?)?",
        rf"{_WEEKDAY}(?P<day>\d\d?)[ -]{_MONTH},?[ -](?P<year>\d{{4}})(?:,?\s{_TIME})?",
        rf"{_WEEKDAY}{_MONTH}\s(?P<day>\d\d?),?\s(?P<year>\d{{4}})(?:,?\s{_TIME})?",
    )
)
_NUMBERS_ONLY = re.compile(
    rf"(?P<first>\d\d?)(?P<sep>[-/.])(?P<second_number>\d\d?)(?P=sep)(?P<year>\d{{4}})(?:(?:T|,?\s){_TIME})?", _FLAGS
)
# Seconds or milliseconds since 1970, from September 2001 on: shorter numbers are something else.
_EPOCH = re.compile(r"(?P<seconds>\d{10})(?P<milli>\d{3})?(?:\.\d{1,9})?", re.ASCII)
_MAX_LENGTH = 64  # no date is longer, and a body that strayed into a date field is not worth matching
_MAX_OFFSET_MINUTES = 14 * 60


@dataclass(frozen=True, slots=True)
class DateOptions:
    """How to read dates that do not say everything.

    Attributes:
        now: the ingestion, zone-aware: what lies ``future_days`` after it is not credible.
        day_first: whether 03/04/2024 is 3 April; None leaves it unknown.
        future_days: tolerance for embargoed and wrongly clocked articles.
        zone: of times that name none; None leaves the instant unknown and keeps the day.
    """

    now: datetime
    day_first: bool | None = None
    future_days: int = 2
    zone: tzinfo | None = None


@dataclass(frozen=True, slots=True)
class PublicationDate:
    """``at`` is zone-aware UTC; ``on`` is the midnight of its day, without zone. Either may be unknown."""

    at: datetime | None = None
    on: datetime | None = None
    warnings: tuple[str, ...] = ()


def parse_date(raw: str | None, options: DateOptions) -> PublicationDate:
    """The date that ``raw`` states, or none with the warning that says why. Raises nothing."""
    if raw is None or not raw.strip():
        return PublicationDate()
    value = " ".join(raw[: _MAX_LENGTH * 2].split())
    if len(value) > _MAX_LENGTH:
        return _unknown(DocumentWarning.BAD_DATE, raw)
    if match := _EPOCH.fullmatch(value):
        seconds = int(match["seconds"])
        return _credible(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds), True, raw, options)
    for pattern in _PATTERNS:
        if match := pattern.fullmatch(value):
            return _from_match(match, match["month"], match["day"], raw, options)
    if match := _NUMBERS_ONLY.fullmatch(value):
        return _from_numbers(match, raw, options)
    return _unknown(DocumentWarning.BAD_DATE, raw)


def _from_numbers(match: re.Match[str], raw: str, options: DateOptions) -> PublicationDate:
    """03/04/2024: clear when one number cannot be a month, when both are equal, or when the option decides."""
    first, second = int(match["first"]), int(match["second_number"])
    day_first = options.day_first
    if first == second or max(first, second) > 12:
        day_first = first > 12 or (second <= 12 and bool(day_first))
    if day_first is None:
        return _unknown(DocumentWarning.AMBIGUOUS_DATE, raw)
    day, month = (first, second) if day_first else (second, first)
    return _from_match(match, str(month), str(day), raw, options)


def _from_match(match: re.Match[str], month: str, day: str, raw: str, options: DateOptions) -> PublicationDate:
    number = int(month) if month.isdigit() else _MONTHS[month.lower()]
    try:
        moment = datetime(int(match["year"]), number, int(day), *_clock(match))
        zone = _zone(match["zone"])
    except ValueError:
        return _unknown(DocumentWarning.BAD_DATE, raw)
    has_time = match["hour"] is not None
    return _credible(moment.replace(tzinfo=zone or options.zone) if has_time else moment, has_time, raw, options)


def _clock(match: re.Match[str]) -> tuple[int, int, int]:
    """Hour, minute, second; a leap second counts with the one before it."""
    hour, minute, second = (int(match[name] or 0) for name in ("hour", "minute", "second"))
    return hour, minute, 59 if second == 60 else second


def _zone(name: str | None) -> tzinfo | None:
    """The zone of an offset or an RFC 822 abbreviation. Raises ValueError for an offset that no place has."""
    if name is None:
        return None
    if name.lower() in _ZONES:
        return timezone(timedelta(minutes=_ZONES[name.lower()]))
    digits = name[1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:] or 0)
    if minutes > _MAX_OFFSET_MINUTES:
        raise ValueError(name)
    return timezone(timedelta(minutes=minutes if name[0] == "+" else -minutes))


def _credible(moment: datetime, has_time: bool, raw: str, options: DateOptions) -> PublicationDate:
    """Years first: converting the zone of a moment at either end of the calendar would overflow."""
    latest = options.now + timedelta(days=options.future_days)
    if moment.year < FIRST_CREDIBLE_YEAR:
        return _unknown(DocumentWarning.ABSURD_DATE, raw)
    if moment.year > latest.year + 1:
        return _unknown(DocumentWarning.FUTURE_DATE, raw)
    at = moment.astimezone(UTC) if moment.tzinfo else None
    day = (at or moment).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    if day > latest.replace(tzinfo=None):
        return _unknown(DocumentWarning.FUTURE_DATE, raw)
    warnings = (warning(DocumentWarning.TIME_WITHOUT_ZONE, raw),) if has_time and at is None else ()
    return PublicationDate(at, day, warnings)


def _unknown(kind: DocumentWarning, raw: str) -> PublicationDate:
    return PublicationDate(warnings=(warning(kind, raw),))
