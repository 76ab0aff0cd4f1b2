"""Which of several documents with the same text stands for the others. Pure.

The one that stands keeps that place as long as it has that text, so that new copies rewrite nothing old. When it goes
away, or when there was none, the one that was ingested first takes it; among those of one run the one published first;
then the smallest id.
"""

from collections import defaultdict
from collections.abc import Iterable
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
        stands = min(before or group, key=rank).document_id
        result |= {head.document_id: None if head.document_id == stands else stands for head in group}
    return result


def rank(head: Head) -> tuple[datetime, bool, datetime, str]:
    """Orders documents by who came first: by ingestion, then by publication, then by id."""
    day = head.published_on
    return head.ingested_at, day is None, day or datetime.min, head.document_id
