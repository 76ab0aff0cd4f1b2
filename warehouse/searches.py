"""Searches that have to look something up before they can tell which rows they want."""

from collections.abc import Sequence
from typing import Any

import pyarrow.compute as pc

from warehouse import filters
from warehouse.filters import Terms, has_words
from warehouse.named import named_entities
from warehouse.selection import Selection
from warehouse.snapshots import Snapshot
from warehouse.tables.documents import DOCUMENTS
from warehouse.tables.quotes import QUOTES


def quotes(
    snapshot: Snapshot,
    columns: Sequence[str] | None,
    *,
    speaker: str | None = None,
    document_id: str | None = None,
    **others: Any,
) -> Selection:
    """Quotes as :meth:`warehouse.query.Warehouse.quotes` finds them.

    A search for words of a name skips nothing: first the names that have them are looked up, in one column.
    """
    terms = filters.quote_terms(document_id=_stands_for(snapshot, document_id), **others)
    if speaker is None:
        return Selection(snapshot, QUOTES, terms, columns)
    named = Selection(snapshot, QUOTES, [*terms, has_words("speaker_canonical", speaker)])
    names, files = named.distinct_and_files("speaker_canonical")
    wanted = pc.field("speaker_canonical").isin(names)
    entities = named_entities(snapshot, speaker)
    if len(entities):
        linked = pc.field("speaker_entity_id").isin(entities)
        # Files are sorted by this column: other names of these entities narrow the search as names do.
        called, more = Selection(snapshot, QUOTES, [*terms, linked]).distinct_and_files("speaker_canonical")
        wanted, files = wanted | (pc.field("speaker_canonical").isin(called) & linked), files | more
    return Selection(snapshot, QUOTES, [*terms, wanted], columns, files)


def entity_terms(snapshot: Snapshot, *, document_id: str | None = None, **others: Any) -> Terms:
    """What :meth:`warehouse.query.Warehouse.entities` asks of a row."""
    return filters.entity_terms(document_id=_stands_for(snapshot, document_id), **others)


def _stands_for(snapshot: Snapshot, document_id: str | None) -> str | None:
    """What hangs on the text of an exact copy is stored under the document that stands for it."""
    if document_id is None:
        return None
    found = Selection(snapshot, DOCUMENTS, filters.document_terms(document_id=document_id))
    return next((stands for stands in found.distinct("duplicate_of").to_pylist() if stands), document_id)
