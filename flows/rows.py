"""Rows of the warehouse as the records of ``transforms``."""

from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd

from flows.errors import NoSuchDocumentError
from transforms.records import (
    Document,
    Entity,
    MarkedKind,
    MarkedSpan,
    MentionType,
    Part,
    Quote,
    QuoteType,
    SpeakerType,
)

if TYPE_CHECKING:
    from warehouse import Warehouse

Record = TypeVar("Record", Document, Entity, Quote)

_READ: dict[str, Any] = {
    "marked_spans": lambda items: tuple(MarkedSpan(MarkedKind(x["kind"]), x["start"], x["end"]) for x in items),
    "quoted_parts": lambda items: tuple(Part(x["start"], x["end"]) for x in items),
    "quote_type": QuoteType,
    "speaker_type": SpeakerType,
    "mention_type": MentionType,
}


def records_of(kind: type[Record], rows: pd.DataFrame) -> list[Record]:
    """Each row as a record; columns that it has no field for are passed over."""
    names = [field.name for field in fields(kind)]
    return [kind(**{name: _value(name, row[name]) for name in names}) for row in rows.to_dict("records")]


def _value(name: str, value: Any) -> Any:
    if isinstance(value, np.ndarray):
        value = tuple(value.tolist())
    elif pd.isna(value):
        return None
    elif isinstance(value, np.generic):
        value = value.item()
    return _READ[name](value) if name in _READ else value


def whole_id(opened: "Warehouse", prefix: str) -> str:
    """The id of the document whose id begins so; an id that is given whole names its own.

    Raises:
        NoSuchDocumentError: none, or more than one, begins so.
    """
    found = opened.document_ids(prefix)
    if len(found) != 1 and prefix not in found:
        raise NoSuchDocumentError(prefix, len(found))
    return prefix if prefix in found else found[0]


def one_document(opened: "Warehouse", prefix: str) -> tuple[Document, list[Entity], list[Quote]]:
    """A document by the first characters of its id, with what was found in it, in the order of the text.

    Of an exact copy: what was found in the document that stands for it.

    Raises:
        NoSuchDocumentError: none, or more than one, begins so.
    """
    document_id = whole_id(opened, prefix)
    (document,) = records_of(Document, opened.documents(document_id=document_id))
    entities = records_of(Entity, opened.entities(document_id=document_id).sort_values("start"))
    quotes = records_of(Quote, opened.quotes(document_id=document_id).sort_values("quote_index"))
    return document, entities, quotes
