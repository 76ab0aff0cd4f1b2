"""Take-downs: a document leaves all tables, all snapshots and all staged batches at once, and is kept out for good.

1. what is to be forgotten is written down in ``.forget.json``: hashes and places, no text;
2. a new snapshot without it becomes current, with rows in ``forgotten`` by which later commits keep it out;
3. staged batches that hold it are exchanged for ones without it;
4. so are the older snapshots, each by a finished copy that takes its place;
5. what was learned of the outlets' boilerplate, which may repeat its lines, is deleted, to be learned anew;
6. ``.forget.json`` is deleted.

Whoever is killed in between leaves the file of step 1, and the next writer, whatever it came for, ends the work first.
A reader that pinned an older snapshot may find a file gone, once.
"""

import json
import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from warehouse import boilerplate, disk, snapshots, staging
from warehouse.build import build
from warehouse.columns import SCHEMA_VERSION
from warehouse.errors import UnknownDocumentError
from warehouse.forgotten import Forgotten, ForgottenRow, reject_of, rows_of, url_hashes
from warehouse.incoming import Head, Incoming, RejectFacts
from warehouse.layout import Layout, existing
from warehouse.ledger import SourceRow
from warehouse.lock import DEFAULT_WAIT
from warehouse.plan import Plan, plan_duplicates
from warehouse.snapshots import Manifest, Snapshot
from warehouse.staging import StagingArea
from warehouse.stored import Stored
from warehouse.transaction import Transaction, cleared_on_failure, transaction
from warehouse.writer import SnapshotWriter

INTENT = ".forget.json"
RUN_ID = "forget"


@dataclass(frozen=True, slots=True)
class ForgetResult:
    """What a take-down did.

    Attributes:
        snapshot: the new current snapshot; None when nothing was left to forget.
        documents: the documents that were taken down now.
        already: those that had been taken down before.
        copies_left: stored documents with exactly the same text, which were not named and stand on their own now.
    """

    snapshot: int | None
    documents: tuple[str, ...] = ()
    already: tuple[str, ...] = ()
    copies_left: tuple[str, ...] = ()


def forget(
    root: str | os.PathLike[str],
    document_ids: str | Iterable[str],
    *,
    reason: str | None = None,
    now: datetime | None = None,
    wait: float = DEFAULT_WAIT,
) -> ForgetResult:
    """Remove documents from all tables, from older snapshots and from staged batches, and keep them out.

    Copies of the same text under other ids stay, and stand on their own. Calling it again changes nothing.

    Args:
        root: the warehouse folder.
        document_ids: whole ids.
        reason: noted in ``forgotten``.
        now: time of the take-down, zone-aware; by default the clock's.
        wait: seconds to wait for another commit.

    Raises:
        UnknownDocumentError: when an id is stored nowhere; then nothing is forgotten.
        NotAWarehouseError, NewerVersionError, LockedError, DiskFullError, WritePermissionError: see
            :func:`warehouse.commit.commit`. The next writer ends what could not be ended.
    """
    existing(root)
    wanted = {document_ids} if isinstance(document_ids, str) else set(document_ids)
    with transaction(root, now, wait) as begun:
        known = Forgotten(rows_of(Stored(begun.base).forgotten()))
        already = {document_id for document_id in wanted if document_id in known}
        rows, copies = _take_stock(begun, wanted - already, reason)
        unknown = wanted - already - {row.document_id for row in rows}
        if unknown:
            raise UnknownDocumentError(begun.layout.root, sorted(unknown))
        if not rows:
            return ForgetResult(None, already=tuple(sorted(already)))
        _write_intent(begun.layout, rows)
        finish(begun)
        return ForgetResult(begun.next_number - 1, tuple(sorted(wanted - already)), tuple(sorted(already)), copies)


def finish(begun: Transaction) -> None:
    """End a take-down that was written down; called by every writer before its own work."""
    path = begun.layout.root / INTENT
    if not path.exists():
        return
    rows = _read_intent(begun.layout)
    base = begun.base
    plan = _plan(Stored(base), rows)
    if not plan.is_empty:
        begun.make(RUN_ID, lambda writer, base: build(writer, base, plan, Incoming([])))
    _purge_staging(begun.layout, rows)
    current = begun.next_number - 1
    for snapshot in list(snapshots.every(begun.layout)):
        if snapshot.number != current:
            _purge(begun, snapshot, rows)
    boilerplate.discard(begun.layout)
    path.unlink()
    disk.sync_directory(begun.layout.root)


# What is to be forgotten


def _take_stock(begun: Transaction, ids: set[str], reason: str | None) -> tuple[list[ForgottenRow], tuple[str, ...]]:
    """Rows for ``forgotten``, from wherever a document is found; and ids of copies that stay."""
    rows: list[ForgottenRow] = []
    copies: set[str] = set()
    left = set(ids)
    for snapshot in reversed(list(snapshots.every(begun.layout))):
        if not left:
            break
        stored = Stored(snapshot)
        heads = stored.documents(left, set())
        same = stored.documents(set(), {head.text_hash for head in heads.values()})
        copied = {head.text_hash for key, head in same.items() if key not in ids}
        if snapshot.number == begun.next_number - 1:
            copies = {key for key in same if key not in ids}
        for row in stored.holders(set(heads)):
            for document_id in left.intersection(row.document_ids):
                rows.append(_row(heads[document_id], row, heads[document_id].text_hash in copied, reason, begun))
        left -= heads.keys()
    rows += _staged_rows(begun, left, reason)
    return rows, tuple(sorted(copies))


def _staged_rows(begun: Transaction, ids: set[str], reason: str | None) -> list[ForgottenRow]:
    """The same for documents that no commit has taken yet."""
    if not ids:
        return []
    incoming = Incoming(StagingArea(begun.layout.root).finished())
    heads = {item.head.document_id: item.head for item in incoming.heads() if item.head.document_id in ids}
    parts = [part for part in incoming.parts() if not ids.isdisjoint(part.document_ids)]
    return [
        _row(heads[document_id], part, False, reason, begun)
        for part in parts
        for document_id in heads.keys() & set(part.document_ids)
    ]


def _row(head: Head, source: SourceRow, copied: bool, reason: str | None, begun: Transaction) -> ForgottenRow:
    own = (head.source_path, head.source_member) == (source.source_path, source.source_member)
    return ForgottenRow(
        document_id=head.document_id,
        forgotten_at=begun.moment.wall,
        reason=reason,
        url_hashes=url_hashes(head),
        raw_text_sha256=None if copied else head.raw_text_sha256,
        published_on=head.published_on,
        source_path=source.source_path,
        source_member=source.source_member,
        source_record=head.source_record if own else -1,
        source_sha256=source.source_sha256,
        whole_source=source.record_count == 1 and source.record_start == 0 and source.record_stop < 0,
    )


# The note of what has begun


def _write_intent(layout: Layout, rows: list[ForgottenRow]) -> None:
    beside = layout.root / f"{INTENT}.{os.getpid()}"
    beside.unlink(missing_ok=True)
    disk.write_bytes(beside, json.dumps([asdict(row) for row in rows], default=datetime.isoformat).encode())
    beside.replace(layout.root / INTENT)
    disk.sync_directory(layout.root)


def _read_intent(layout: Layout) -> list[ForgottenRow]:
    def row(facts: dict[str, object]) -> ForgottenRow:
        for name in ("forgotten_at", "published_on"):
            facts[name] = datetime.fromisoformat(str(facts[name])) if facts[name] is not None else None
        facts["url_hashes"] = tuple(facts["url_hashes"])  # type: ignore[arg-type]
        return ForgottenRow(**facts)  # type: ignore[arg-type]

    return [row(facts) for facts in json.loads((layout.root / INTENT).read_bytes())]


# One snapshot without it


def _plan(stored: Stored, rows: list[ForgottenRow]) -> Plan:
    """How a snapshot comes to be without the documents; empty when it is already."""
    ids = {row.document_id for row in rows}
    noted = {row.document_id for row in rows_of(stored.forgotten())}
    plan = Plan(gone=stored.documents(ids, set()), forgotten=[row for row in rows if row.document_id not in noted])
    plan.removed = len(plan.gone)
    plan_duplicates(plan, stored, {})
    holders = stored.holders(ids)
    plan.sources = [
        replace(row, document_ids=tuple(one for one in row.document_ids if one not in ids)) for row in holders
    ]
    plan.sources_gone = {(row.source_path, row.source_member) for row in holders}
    plan.rejects = _rejects(rows, plan)
    places = {(row.source_path, row.source_member, row.source_record) for row in plan.rejects}
    # Whatever was said of these records before may have an excerpt of the text.
    places |= {(row.source_path, row.source_member, row.source_record) for row in rows}
    for old in stored.rejects_of({row.source_path for row in rows}):
        place = (old.source_path, old.source_member, old.source_record)
        if place in places and old.excerpt:
            plan.rejects_gone.add(place)
    return plan


def _rejects(rows: list[ForgottenRow], plan: Plan) -> list[RejectFacts]:
    """A row for each record that is kept out, so that ledger, documents and rejects go on adding up."""
    unplaced: Counter[tuple[str, str | None]] = Counter()
    result = []
    for row in rows:
        key = (row.source_path, row.source_member)
        if row.document_id not in plan.gone or key not in plan.sources_gone:
            continue
        record = row.source_record
        if record < 0:
            unplaced[key] += 1
            record = -unplaced[key]
        result.append(reject_of(row.document_id, *key, record, row.source_sha256, RUN_ID))
    return result


def _purge(begun: Transaction, snapshot: Snapshot, rows: list[ForgottenRow]) -> None:
    """Exchange an older snapshot for one without the documents."""
    layout = begun.layout
    stored = Stored(snapshot)
    plan = _plan(stored, rows)
    if not plan.gone and not plan.rejects_gone:
        return
    manifest = snapshot.manifest()
    if manifest.schema_version != SCHEMA_VERSION:  # we write no older layout
        snapshots.drop(layout, snapshot)
        return
    directory = layout.purging(snapshot.number)
    with cleared_on_failure(directory):
        writer = SnapshotWriter(directory, f"{begun.next_number - 1:08d}p{snapshot.number:08d}", snapshot)
        build(writer, snapshot, plan, Incoming([]))
        writer.finish(Manifest(**asdict(manifest)))
    snapshots.exchange(layout, snapshot)


# Batches without it


def _purge_staging(layout: Layout, rows: list[ForgottenRow]) -> None:
    ids = {row.document_id for row in rows}
    for batch in StagingArea(layout.root).finished():
        heads = [item.head for item in Incoming([batch]).heads() if item.head.document_id in ids]
        refused = [
            reject_of(
                head.document_id, head.source_path, head.source_member, head.source_record, head.source_sha256, RUN_ID
            )
            for head in heads
        ]
        staging.purge(layout, batch, ids, refused)
