"""Stored documents that an older pipeline or another model annotated, and their texts."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import and_
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from warehouse import snapshots
from warehouse.layout import UNKNOWN_MONTH, existing
from warehouse.snapshots import Snapshot
from warehouse.stored import month_of, scan
from warehouse.tables.documents import DOCUMENTS

_FACTS = ("document_id", "text_hash", "published_on", "word_count", "model", "pipeline_version")
_TEXTS = ("document_id", "text_hash", "published_on", "text", "word_count")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which documents to annotate anew; a filter that is None or empty lets all through.

    Attributes:
        language: ISO 639-1; as a rule the language of the model.
        publisher: as stored.
        since, until: days of publication, both included; documents without a day are left out then.
        model: name of the model that made the rows, with or without its version.
        pipeline_version: of the rules that made the rows.
        document_ids: whole ids.
    """

    language: str | None = None
    publisher: str | None = None
    since: date | None = None
    until: date | None = None
    model: str | None = None
    pipeline_version: str | None = None
    document_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StaleDocument:
    """A document to annotate anew. ``model`` is None where no model could read it so far."""

    document_id: str
    text_hash: str
    published_on: datetime | None
    word_count: int
    model: str | None
    pipeline_version: str


@dataclass(frozen=True, slots=True)
class StoredText:
    """A text as it is stored now."""

    document_id: str
    text_hash: str
    published_on: datetime | None
    text: str
    word_count: int


def stale_documents(
    root: str | os.PathLike[str], selection: Selection, *, model: str, pipeline_version: str
) -> list[StaleDocument]:
    """Documents that were not annotated by this model under these rules, in the order in which they lie.

    Exact copies are left out: what hangs on their text is stored under the document that stands for them.

    Raises:
        NotAWarehouseError, NewerVersionError: when there are no tables that we can read.
    """
    snapshot = _current(root)
    other = (
        pc.field("model").is_null() | (pc.field("model") != model) | (pc.field("pipeline_version") != pipeline_version)
    )
    wanted = reduce(and_, [other, pc.field("duplicate_of").is_null(), *_terms(selection)])
    rows = scan(DOCUMENTS, _files(snapshot, _months(snapshot, selection)), _FACTS, wanted)
    found = [StaleDocument(**row) for part in rows for row in part.to_pylist()]
    return sorted(found, key=lambda one: (month_of(one.published_on), one.document_id))


def texts(root: str | os.PathLike[str], documents: Sequence[StaleDocument]) -> Iterator[StoredText]:
    """The texts of those of the documents that are still stored, in the order of their ids."""
    snapshot = _current(root)
    ids = sorted(one.document_id for one in documents)
    months = {month_of(one.published_on) for one in documents}
    # Files are cut by ranges of ids: the bounds let those be skipped that cannot have one.
    wanted = pc.field("document_id").isin(pa.array(ids, pa.string()))
    bounded = wanted & (pc.field("document_id") >= ids[0]) & (pc.field("document_id") <= ids[-1])
    found = [row for part in scan(DOCUMENTS, _files(snapshot, months), _TEXTS, bounded) for row in part.to_pylist()]
    return (StoredText(**row) for row in sorted(found, key=lambda row: str(row["document_id"])))


def _current(root: str | os.PathLike[str]) -> Snapshot:
    snapshot = snapshots.current(existing(Path(root)))
    assert snapshot is not None, "existing() has seen it"
    return snapshot


def _files(snapshot: Snapshot, months: set[str]) -> Iterable[str]:
    return [str(file) for file in snapshot.files(DOCUMENTS, months)]


def _months(snapshot: Snapshot, selection: Selection) -> set[str]:
    names = {folder.name.partition("=")[2] for folder in snapshot.directory(DOCUMENTS).iterdir() if folder.is_dir()}
    since, until = selection.since, selection.until
    if since is None and until is None:
        return names
    first = f"{since:%Y-%m}" if since else ""
    last = f"{until:%Y-%m}" if until else "9999-12"
    return {name for name in names if name != UNKNOWN_MONTH and first <= name <= last}


def _terms(selection: Selection) -> Iterator[pc.Expression]:
    for name in ("language", "publisher", "pipeline_version"):
        value = getattr(selection, name)
        if value is not None:
            yield pc.field(name) == value
    if selection.model is not None:
        yield (pc.field("model") == selection.model) | pc.starts_with(pc.field("model"), f"{selection.model} ")
    if selection.document_ids:
        yield pc.field("document_id").isin(pa.array(selection.document_ids, pa.string()))
    if selection.since is not None:
        yield pc.field("published_on") >= _midnight(selection.since)
    if selection.until is not None:
        yield pc.field("published_on") < _midnight(selection.until + timedelta(days=1))


def _midnight(day: date) -> pa.Scalar:
    return pa.scalar(datetime.combine(day, time()), pa.timestamp("ms"))
