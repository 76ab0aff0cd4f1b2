"""What a commit keeps out because it was taken down.

A record is kept out, in this order of proof,

1. when its document was taken down, whatever it says now and wherever it comes from;
2. when its file or member held nothing but a document that was taken down, or has the bytes of one that did;

and, unless its document is stored already (a copy that was left, or another article of the same address):

3. when it has an address of a document that was taken down;
4. when its body is that of one;
5. when it stands in the place of one, in a file of many records: the same position, the same day, no address.

What is kept out becomes a row of ``rejects`` with the reason ``forgotten``, without an excerpt.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

import pyarrow as pa

from warehouse.incoming import Head, RejectFacts, StagedHead
from warehouse.ledger import Key, SourceRow

REASON = "forgotten"
"""Of the row in ``rejects``."""

Place = tuple[str, str | None, int]
"""Path, member and position of a record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgottenRow:
    """One row of ``forgotten``; see ``docs/tables.md`` for each column."""

    document_id: str
    forgotten_at: datetime
    reason: str | None
    url_hashes: tuple[str, ...]
    raw_text_sha256: str | None
    published_on: datetime | None
    source_path: str
    source_member: str | None
    source_record: int
    source_sha256: str
    whole_source: bool


def rows_of(table: pa.Table) -> list[ForgottenRow]:
    """The rows of the table ``forgotten``."""
    return [ForgottenRow(**{**row, "url_hashes": tuple(row["url_hashes"])}) for row in table.to_pylist()]


def url_hashes(head: Head) -> tuple[str, ...]:
    """Hashes of a document's addresses, by which it can be known without keeping them."""
    return tuple(sorted({sha256(url.encode()).hexdigest() for url in (head.url, head.canonical_url) if url}))


def reject_of(document_id: str, path: str, member: str | None, record: int, sha: str, run_id: str) -> RejectFacts:
    """The row of ``rejects`` in the place of a record that is kept out."""
    return RejectFacts(path, member, record, sha, REASON, f"document {document_id} was taken down", "", run_id)


class Forgotten:
    """The take-downs of a warehouse, for look-ups."""

    def __init__(self, rows: Iterable[ForgottenRow]) -> None:
        self._ids: dict[str, str] = {}
        self._sources: dict[Key, str] = {}
        self._contents: dict[str, str] = {}
        self._urls: dict[str, str] = {}
        self._bodies: dict[str, str] = {}
        self._places: dict[Place, tuple[datetime | None, str]] = {}
        for row in rows:
            self._add(row)

    def _add(self, row: ForgottenRow) -> None:
        self._ids[row.document_id] = row.document_id
        self._urls |= dict.fromkeys(row.url_hashes, row.document_id)
        if row.raw_text_sha256 is not None:
            self._bodies[row.raw_text_sha256] = row.document_id
        if row.whole_source:
            self._sources[(row.source_path, row.source_member)] = row.document_id
            if row.source_sha256 and row.raw_text_sha256 is not None:
                self._contents[row.source_sha256] = row.document_id
        elif row.source_record >= 0 and not row.url_hashes:
            place = (row.source_path, row.source_member, row.source_record)
            self._places[place] = (row.published_on, row.document_id)

    def __bool__(self) -> bool:
        return bool(self._ids)

    def __contains__(self, document_id: str) -> bool:
        return document_id in self._ids

    def why(self, head: Head, stored: Collection[str]) -> str | None:
        """The taken-down document for which a record is kept out; None for a record that may come in.

        Args:
            stored: documents that the warehouse has.
        """
        key = (head.source_path, head.source_member)
        proof = self._ids.get(head.document_id) or self._sources.get(key)
        if proof or head.document_id in stored:
            return proof
        proof = self._contents.get(head.source_sha256) or self._bodies.get(head.raw_text_sha256)
        for url in url_hashes(head):
            proof = proof or self._urls.get(url)
        return proof or self._by_place(head)

    def _by_place(self, head: Head) -> str | None:
        day, document_id = self._places.get((head.source_path, head.source_member, head.source_record), (None, None))
        same = day is not None and day == head.published_on and not url_hashes(head)
        return document_id if same else None


@dataclass(frozen=True)
class KeptOut:
    """What of a commit is let in, and the rejects in the place of the rest."""

    heads: list[StagedHead]
    parts: list[SourceRow]
    rejects: list[RejectFacts]


def keep_out(forgotten: Forgotten, heads: list[StagedHead], parts: list[SourceRow], stored: Collection[str]) -> KeptOut:
    """Leave out the records that are kept out, and their ids in the parts of the ledger."""
    if not forgotten:
        return KeptOut(heads, parts, [])
    run_ids = {(part.source_path, part.source_member): part.run_id for part in parts}
    admitted: list[StagedHead] = []
    refused: set[tuple[Key, str]] = set()
    rejects = []
    for item in heads:
        head, key = item.head, (item.head.source_path, item.head.source_member)
        proof = forgotten.why(head, stored)
        if proof is None:
            admitted.append(item)
            continue
        refused.add((key, head.document_id))
        rejects.append(reject_of(proof, *key, head.source_record, head.source_sha256, run_ids.get(key, "")))
    # A batch has one record of each document, but lists it under each file that gave it.
    nowhere = {document_id for _, document_id in refused} - {item.head.document_id for item in admitted} - set(stored)

    def let_in(part: SourceRow) -> SourceRow:
        key = (part.source_path, part.source_member)
        kept = tuple(
            document_id
            for document_id in part.document_ids
            if document_id not in forgotten and document_id not in nowhere and (key, document_id) not in refused
        )
        return part if kept == part.document_ids else replace(part, document_ids=kept)

    return KeptOut(admitted, [let_in(part) for part in parts], rejects)
