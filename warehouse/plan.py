"""What a commit will change, decided before anything is written."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from warehouse.clusters import plan_clusters
from warehouse.duplicates import Heirs, settle_duplicates
from warehouse.forgotten import Forgotten, ForgottenRow, keep_out, rows_of
from warehouse.incoming import Head, Incoming, RejectFacts, StagedAnnotation, StagedHead
from warehouse.ledger import Key, SourceRow
from warehouse.memory import Shared, give_back
from warehouse.merge_sources import LedgerChange, merge_sources
from warehouse.repeats import supersedes
from warehouse.stored import Stored

RejectKey = tuple[str, str | None, int]


@dataclass(frozen=True, slots=True)
class Revision:
    """New values of some columns of a stored document that stays."""

    head: Head
    values: Mapping[str, object]


@dataclass(slots=True)
class Plan:
    """Rows to write and rows to drop, table by table.

    Attributes:
        written: documents to write, with the batch that has their rows.
        gone: stored documents whose rows go, because new ones replace them or no source gives them any longer.
        stamped: values of columns that only the commit knows, of written documents.
        revised: stored documents that stay, but with other values in some columns.
        heirs: stored documents that take over the entities and quotes of one that goes and had the same text.
        annotated: stored documents whose entities and quotes are replaced, with the batch that has the new ones.
        sources, sources_gone: rows of the ledger to write, keys of stored rows to drop.
        rejects, rejects_gone: the same for rejects.
        forgotten: rows to add to ``forgotten``.
        canonical_entities: what takes the place of the whole table; None where it stays.
        added, replaced, removed, unchanged: how many documents; unchanged ones came again with nothing new.
    """

    written: dict[str, StagedHead] = field(default_factory=dict)
    gone: dict[str, Head] = field(default_factory=dict)
    stamped: dict[str, dict[str, object]] = field(default_factory=dict)
    revised: dict[str, Revision] = field(default_factory=dict)
    heirs: Heirs = field(default_factory=dict)
    annotated: dict[str, StagedAnnotation] = field(default_factory=dict)
    sources: list[SourceRow] = field(default_factory=list)
    sources_gone: set[Key] = field(default_factory=set)
    rejects: list[RejectFacts] = field(default_factory=list)
    rejects_gone: set[RejectKey] = field(default_factory=set)
    forgotten: list[ForgottenRow] = field(default_factory=list)
    canonical_entities: pa.Table | None = None
    added: int = 0
    replaced: int = 0
    removed: int = 0
    unchanged: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether the tables would be the same afterwards."""
        documents = self.written or self.gone or self.revised or self.forgotten
        return not (documents or self.sources or self.sources_gone or self.rejects or self.rejects_gone)

    def revise(self, head: Head, values: Mapping[str, object]) -> None:
        """Give a stored document that stays other values in some columns, beside those that it gets already."""
        before = self.revised.get(head.document_id)
        self.revised[head.document_id] = Revision(head, {**(before.values if before else {}), **values})


def make_plan(stored: Stored, incoming: Incoming) -> Plan:
    """Compare what the batches bring with what is stored."""
    parts, heads = _read(incoming)
    give_back()
    ids, hashes = {item.head.document_id for item in heads}, {item.head.text_hash for item in heads}
    stored.expect(ids, hashes, clusters=ids)
    near = stored.documents(ids, hashes)
    admitted = keep_out(Forgotten(rows_of(stored.forgotten())), heads, parts, near)
    paths = {part.source_path for part in parts}
    old_sources = stored.sources_of(paths)
    ledger = merge_sources(admitted.parts, old_sources)
    came = [item for item in admitted.heads if _is_live(item.head, ledger)]
    came_ids = {item.head.document_id for item in came}
    near |= stored.documents(ledger.released - near.keys(), set())
    old = {document_id: near[document_id] for document_id in near.keys() & (came_ids | ledger.released)}
    written = _choose(came, old, ledger, old_sources)
    removed = _removed(stored, ledger) & old.keys()
    gone = {document_id: old[document_id] for document_id in removed | (written.keys() & old.keys())}
    rejects, rejects_gone = _rejects(stored, [*incoming.rejects(), *admitted.rejects], ledger, paths)
    plan = Plan(
        written=written,
        gone=gone,
        sources=list(ledger.written.values()),
        sources_gone=(ledger.written.keys() & old_sources.keys()) | ledger.deleted,
        rejects=rejects,
        rejects_gone=rejects_gone,
        added=len(written.keys() - old.keys()),
        replaced=len(written.keys() & old.keys()),
        removed=len(removed),
        unchanged=len(came_ids - written.keys()),
    )
    plan_duplicates(plan, stored, near)
    plan_clusters(plan, stored, incoming)
    _take_annotations(plan, stored, incoming)
    if not plan.is_empty:
        plan.sources.extend(ledger.refreshed.values())
        plan.sources_gone |= ledger.refreshed.keys()
    return plan


def _read(incoming: Incoming) -> tuple[list[SourceRow], list[StagedHead]]:
    """Parts of the ledger and heads: ids, paths and hashes that are in both are held once."""
    shared = Shared()
    return incoming.parts(shared), incoming.heads(shared)


def _is_live(head: Head, ledger: LedgerChange) -> bool:
    return ledger.live.get((head.source_path, head.source_member)) == head.source_sha256


def _choose(
    came: list[StagedHead], old: dict[str, Head], ledger: LedgerChange, old_sources: dict[Key, SourceRow]
) -> dict[str, StagedHead]:
    """The record that wins for each document, where it is not the stored one."""
    best: dict[str, StagedHead] = {}
    for item in came:
        head = item.head
        incumbent = best[head.document_id].head if head.document_id in best else old.get(head.document_id)
        if incumbent is None or _wins(head, incumbent, ledger, old_sources):
            best[head.document_id] = item
    return {
        document_id: item
        for document_id, item in best.items()
        if document_id not in old or not item.head.same_rows(old[document_id])
    }


def _wins(head: Head, incumbent: Head, ledger: LedgerChange, old_sources: dict[Key, SourceRow]) -> bool:
    if head.same_rows(incumbent) or _is_old_news(head, incumbent, ledger, old_sources):
        return False
    # The same record read by other rules or another model replaces its rows; another version must be the later one.
    return head.record_hash == incumbent.record_hash or supersedes(head.modified_at, incumbent.modified_at)


def _is_old_news(head: Head, incumbent: Head, ledger: LedgerChange, old_sources: dict[Key, SourceRow]) -> bool:
    """Another version of the document, from bytes that were already weighed against it: reading twice is no news."""
    key = (head.source_path, head.source_member)
    return (
        key in ledger.settled
        and head.record_hash != incumbent.record_hash
        and head.pipeline_version == incumbent.pipeline_version
        and head.document_id in old_sources[key].document_ids
    )


def _removed(stored: Stored, ledger: LedgerChange) -> set[str]:
    """Documents that were given up by one row of the ledger and are held by no other."""
    held = {document_id for row in ledger.written.values() for document_id in row.document_ids}
    held |= {document_id for row in ledger.refreshed.values() for document_id in row.document_ids}
    released = ledger.released - held
    return released - stored.still_held(released, except_for=ledger.written.keys() | ledger.deleted)


def plan_duplicates(plan: Plan, stored: Stored, near: dict[str, Head]) -> None:
    """Decide which of the documents with one text stands, and who gets the rows that hang on the text.

    Args:
        near: heads of all stored documents that have the text of a written one.
    """
    new = [item.head for item in plan.written.values()]
    new_hashes, old_hashes = {head.text_hash for head in new}, {head.text_hash for head in plan.gone.values()}
    # ``near`` has all stored copies of the new texts, but only some of the texts that go.
    known = near | stored.documents(set(), old_hashes - new_hashes)
    hashes = new_hashes | old_hashes
    stay = {key: head for key, head in known.items() if key not in plan.gone and head.text_hash in hashes}
    settled = settle_duplicates(stay, new, plan.gone)
    for document_id, values in settled.revised.items():
        plan.revise(stay[document_id], values)
    plan.stamped = settled.stamped
    plan.heirs = settled.heirs


def _take_annotations(plan: Plan, stored: Stored, incoming: Incoming) -> None:
    """Rows made anew for stored documents count as long as these still have the text that was annotated."""
    came = {item.facts.document_id: item for item in incoming.annotations()}
    heads = stored.documents(set(came), set())
    for document_id, head in heads.items():
        item = came[document_id]
        facts = item.facts
        changed = (facts.model, facts.pipeline_version) != (head.model, head.pipeline_version)
        stands = head.duplicate_of is None and document_id not in plan.gone and document_id not in plan.heirs
        same = (facts.text_hash, facts.published_on) == (head.text_hash, head.published_on)
        if changed and stands and same:
            names = ("entity_count", "quote_count", "model", "pipeline_version", "run_id")
            plan.annotated[document_id] = item
            plan.revise(head, {name: getattr(facts, name) for name in names})


def _rejects(
    stored: Stored, came: list[RejectFacts], ledger: LedgerChange, paths: set[str]
) -> tuple[list[RejectFacts], set[RejectKey]]:
    """Rejects that are new or differ, and those that no longer hold."""
    new: dict[RejectKey, RejectFacts] = {}
    for reject in came:
        if ledger.live.get((reject.source_path, reject.source_member)) == reject.source_sha256:
            new[(reject.source_path, reject.source_member, reject.source_record)] = reject
    old = {(row.source_path, row.source_member, row.source_record): row for row in stored.rejects_of(paths)}
    closed = ledger.complete | ledger.deleted
    gone = {key for key in old if key not in new and (key[0], key[1]) in closed}
    differing = {key for key, row in new.items() if key not in old or _facts(row) != _facts(old[key])}
    return [new[key] for key in differing], gone | (differing & old.keys())


def _facts(row: RejectFacts) -> tuple[str, ...]:
    return row.source_sha256, row.reason, row.detail, row.excerpt
