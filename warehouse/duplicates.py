"""Which of several documents with the same text stands for the others. Pure.

The one that stands keeps that place as long as it has that text, so that new copies rewrite nothing old. When it goes
away, or when there was none, the one that was ingested first takes it; among those of one run the one published first;
then the smallest id.

Entities and quotes follow from the text alone, so they are stored once, under the document that stands. When another
takes its place it inherits them, under ids of its own: the offsets are those of the same text.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from warehouse.incoming import Head


def representatives(heads: Iterable[Head], standing: set[str]) -> dict[str, str | None]:
    """``duplicate_of`` of each document, by its id; None for the ones that stand.

    Args:
        heads: all documents of each text in question.
        standing: ids of those that stood for their text before.
    """
    groups: dict[str, list[Head]] = defaultdict(list)
    for head in heads:
        groups[head.text_hash].append(head)
    result: dict[str, str | None] = {}
    for group in groups.values():
        before = [head for head in group if head.document_id in standing]
        stands = min(before or group, key=_rank).document_id
        result |= {head.document_id: None if head.document_id == stands else stands for head in group}
    return result


Heirs = dict[str, tuple[Head, Head]]
"""Stored documents that inherit the entities and quotes of one that goes, by id: the heir, and the one that goes."""

COPY_COUNTS: Mapping[str, object] = {"entity_count": 0, "quote_count": 0}
"""A copy has no rows under its own id."""


@dataclass(slots=True)
class Settled:
    """What becomes of documents that share a text.

    Attributes:
        stamped: values of columns of new documents.
        revised: the same of stored documents that stay.
        heirs: those of them that take over entities and quotes.
    """

    stamped: dict[str, dict[str, object]] = field(default_factory=dict)
    revised: dict[str, dict[str, object]] = field(default_factory=dict)
    heirs: Heirs = field(default_factory=dict)


def settle_duplicates(stay: Mapping[str, Head], new: list[Head], gone: Mapping[str, Head]) -> Settled:
    """Choose who stands for each text.

    Args:
        stay: stored documents that stay, all of each text in question.
        new: documents that are written; one that replaces a stored one has the id of it, which is in ``gone`` then.
        gone: stored documents whose rows go.
    """
    standing = {key for key, head in stay.items() if head.duplicate_of is None}
    for head in new:
        before = gone.get(head.document_id)
        if before is not None and before.duplicate_of is None and before.text_hash == head.text_hash:
            standing.add(head.document_id)
    chosen = representatives([*stay.values(), *new], standing)
    settled = Settled()
    for head in new:
        stands = chosen[head.document_id]
        settled.stamped[head.document_id] = {"duplicate_of": stands, **({} if stands is None else COPY_COUNTS)}
    for key, head in stay.items():
        if chosen[key] == head.duplicate_of:
            continue
        settled.revised[key] = {"duplicate_of": chosen[key]}
        predecessor = gone.get(head.duplicate_of or "")
        if chosen[key] is None and predecessor is not None:
            settled.heirs[key] = (head, predecessor)
            settled.revised[key] |= {
                "entity_count": predecessor.entity_count,
                "quote_count": predecessor.quote_count,
                "model": predecessor.model,
                "pipeline_version": predecessor.pipeline_version,
            }
    return settled


def _rank(head: Head) -> tuple[datetime, bool, datetime, str]:
    day = head.published_on
    return head.ingested_at, day is None, day or datetime.min, head.document_id
