"""What readers may ask for, as Arrow expressions that go down to Parquet: folders and row groups are skipped."""

import re
from datetime import date, datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.layout import MONTH_KEY

Day = str | date | datetime
"""A day: ``"2024-12-26"``, a date, or a datetime whose time of day is ignored."""

Terms = list[pc.Expression]
"""Conditions that all hold."""


def document_terms(
    *,
    text: str | None = None,
    publisher: str | None = None,
    language: str | None = None,
    since: Day | None = None,
    until: Day | None = None,
    document_id: str | None = None,
    standing: bool = False,
) -> Terms:
    """Conditions on documents; see :meth:`warehouse.query.Warehouse.documents`."""
    terms = [*_days(since, until), *_equal(language=language, document_id=document_id)]
    if publisher is not None:
        terms.append(has_words("publisher", publisher))
    if text is not None:
        terms.append(_contains("text", text) | _contains("title", text))
    if standing:
        terms.append(pc.field("duplicate_of").is_null())
    return terms


def entity_terms(
    *,
    name: str | None = None,
    label: str | None = None,
    since: Day | None = None,
    until: Day | None = None,
    document_id: str | None = None,
    entity_id: str | None = None,
) -> Terms:
    """Conditions on entities; see :meth:`warehouse.query.Warehouse.entities`."""
    terms = [*_days(since, until), *_equal(label=label, document_id=document_id, entity_id=entity_id)]
    if name is not None:
        terms.append(has_words("canonical_name", name))
    return terms


def quote_terms(
    *,
    text: str | None = None,
    type: str | None = None,
    since: Day | None = None,
    until: Day | None = None,
    document_id: str | None = None,
) -> Terms:
    """Conditions on quotes but for the speaker; see :meth:`warehouse.query.Warehouse.quotes`."""
    terms = [*_days(since, until), *_equal(quote_type=type, document_id=document_id)]
    if text is not None:
        terms.append(_contains("content", text))
    return terms


def canonical_terms(
    *, label: str | None = None, country: str | None = None, since: Day | None = None, until: Day | None = None
) -> Terms:
    """Conditions on canonical entities but for the name; see :meth:`warehouse.query.Warehouse.canonical_entities`."""
    terms = _equal(label=label, country_code=country.upper() if country is not None else None)
    if since is not None:
        terms.append(pc.field("last_seen") >= _moment(_day(since)))
    if until is not None:
        terms.append(pc.field("first_seen") < _moment(_day(until) + timedelta(days=1)))
    return terms


def source_terms(*, path: str | None = None, status: str | None = None) -> Terms:
    """Conditions on the ledger; see :meth:`warehouse.query.Warehouse.sources`."""
    terms = _equal(status=status)
    if path is not None:
        terms.append(_contains("source_path", path))
    return terms


def reject_terms(*, path: str | None = None, reason: str | None = None) -> Terms:
    """Conditions on rejects; see :meth:`warehouse.query.Warehouse.rejects`."""
    terms = _equal(reason=reason)
    if path is not None:
        terms.append(_contains("source_path", path))
    return terms


def has_words(column: str, words: str) -> pc.Expression:
    """Whether a name has these words, whole and one after the other, in any case."""
    return pc.match_substring_regex(pc.field(column), words_pattern(words), ignore_case=True)


def words_pattern(words: str) -> str:
    """The same as a regular expression of RE2, whose ``\\b`` knows ASCII letters only."""
    return rf"(^|[^\pL\pN]){re.escape(words)}([^\pL\pN]|$)"


def _equal(**wanted: str | None) -> Terms:
    return [pc.field(name) == value for name, value in wanted.items() if value is not None]


def _days(since: Day | None, until: Day | None) -> Terms:
    """Both the rows' own days and, so that whole folders are skipped, their months."""
    terms = []
    if since is not None:
        first = _day(since)
        terms += [pc.field("published_on") >= _moment(first), pc.field(MONTH_KEY) >= f"{first:%Y-%m}"]
    if until is not None:
        last = _day(until)
        terms += [pc.field("published_on") < _moment(last + timedelta(days=1)), pc.field(MONTH_KEY) <= f"{last:%Y-%m}"]
    return terms


def _day(value: Day) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return datetime(moment.year, moment.month, moment.day)


def _moment(day: datetime) -> pa.Scalar:
    return pa.scalar(day, pa.timestamp("ms"))


def _contains(column: str, text: str) -> pc.Expression:
    return pc.match_substring(pc.field(column), text, ignore_case=True)
