"""How the parts that batches bring change the ledger. Pure: rows in, rows out.

- Parts of one file or member become one row; it is ``partial`` until they cover all of its records.
- A path or member whose bytes changed gives up the documents that it gave before and does not give now.
- What cannot be read, or is refused as a whole, gives up nothing: what it gave before stays.
- Members that an archive no longer holds give up all of their documents.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import chain

from warehouse.ledger import Key, SourceRow, SourceStatus


@dataclass(slots=True)
class LedgerChange:
    """What happens to the ledger.

    Attributes:
        written: rows to write, by key; each replaces the stored row of its key.
        refreshed: rows that differ from the stored ones in nothing but size and times: written only along with others.
        deleted: keys of stored rows that go without a successor.
        released: documents that a row gave up; another row may still hold them.
        live: SHA-256 of the bytes that count for each key of this commit; records of other bytes are stale.
        complete: keys that were read to their end in this commit.
        settled: keys whose very bytes were read before by the same rules, so that their records are no news.
    """

    written: dict[Key, SourceRow] = field(default_factory=dict)
    refreshed: dict[Key, SourceRow] = field(default_factory=dict)
    deleted: set[Key] = field(default_factory=set)
    released: set[str] = field(default_factory=set)
    live: dict[Key, str] = field(default_factory=dict)
    complete: set[Key] = field(default_factory=set)
    settled: set[Key] = field(default_factory=set)


def key_of(row: SourceRow) -> Key:
    """Path and member."""
    return row.source_path, row.source_member


def merge_sources(parts: Iterable[SourceRow], stored: dict[Key, SourceRow]) -> LedgerChange:
    """Merge the parts of a commit with the stored rows of the same paths (all members of them)."""
    by_key: dict[Key, list[SourceRow]] = defaultdict(list)
    for part in parts:
        by_key[key_of(part)].append(part)
    change = LedgerChange()
    merged = {key: _merge_parts(same) for key, same in by_key.items()}
    for key, row in merged.items():
        _apply(change, key, _check_members(row, merged, stored), stored.get(key))
    for key, row in merged.items():
        if key[1] is None and key in change.complete:
            _drop_vanished(change, row, stored)
    return change


def _merge_parts(parts: list[SourceRow]) -> SourceRow:
    """One row of the parts that were read from the latest bytes; a part that is the whole is that row."""
    if len(parts) == 1 and (parts[0].record_start, parts[0].record_stop) == (0, -1):
        return parts[0]
    latest = max(parts, key=lambda part: part.read_at or 0)
    same = sorted(
        (part for part in parts if part.source_sha256 == latest.source_sha256),
        key=lambda part: (part.record_start, part.record_stop < 0, part.record_stop),
    )
    reached, count, ended, gap = 0, 0, False, False
    ids: dict[str, None] = {}
    for part in same:
        ids.update(dict.fromkeys(part.document_ids))
        gap = gap or part.record_start > reached
        if not ended and (part.record_stop < 0 or part.record_stop > reached):
            count += part.record_count
            reached = max(reached, part.record_stop)
            ended = part.record_stop < 0
    status = latest.status if ended and not gap else SourceStatus.PARTIAL
    return replace(latest, status=status, record_count=count, document_ids=tuple(ids), record_start=0, record_stop=-1)


def _check_members(row: SourceRow, merged: dict[Key, SourceRow], stored: dict[Key, SourceRow]) -> SourceRow:
    """An archive is finished when each of its members is."""
    for member in (row.members or ()) if row.status is SourceStatus.ARCHIVE else ():
        key = (row.source_path, member)
        known = merged.get(key) or stored.get(key)
        if known is None or known.status is SourceStatus.PARTIAL:
            return replace(row, status=SourceStatus.PARTIAL)
    return row


def _apply(change: LedgerChange, key: Key, row: SourceRow, old: SourceRow | None) -> None:
    if old is not None and _is_stale(row, old):
        return
    change.live[key] = row.source_sha256
    if old is None:
        if row.status is not SourceStatus.PARTIAL:
            change.complete.add(key)
        change.written[key] = row
        return
    same_bytes = row.source_sha256 == old.source_sha256 and bool(row.source_sha256)
    known_rules = row.pipeline_version == old.pipeline_version
    if same_bytes and known_rules and old.status is not SourceStatus.PARTIAL:
        change.settled.add(key)
        if row.status is SourceStatus.PARTIAL and set(row.document_ids) <= set(old.document_ids):
            row = replace(old, run_id=row.run_id)
    if row.status in (SourceStatus.PARTIAL, SourceStatus.REJECTED):
        row = replace(row, document_ids=tuple(dict.fromkeys(chain(old.document_ids, row.document_ids))))
    else:
        change.complete.add(key)
        change.released |= set(old.document_ids) - set(row.document_ids)
    if _content(row) != _content(old):
        change.written[key] = row
    elif (row.size, row.mtime) != (old.size, old.mtime) or row.read_at != old.read_at:
        change.refreshed[key] = row


def _is_stale(row: SourceRow, old: SourceRow) -> bool:
    """Read before the stored row was, from a file no newer: a batch that another run has overtaken.

    Either alone proves nothing: clocks are set back, and old files are restored.
    """
    return (
        row.source_sha256 != old.source_sha256
        and (row.read_at or 0) < (old.read_at or 0)
        and (row.mtime or 0) <= (old.mtime or 0)
    )


def _content(row: SourceRow) -> tuple[object, ...]:
    return row.source_sha256, row.status, row.record_count, row.document_ids, row.pipeline_version


def _drop_vanished(change: LedgerChange, row: SourceRow, stored: dict[Key, SourceRow]) -> None:
    unlisted = row.status is SourceStatus.ARCHIVE and row.members is None
    if unlisted or row.status is SourceStatus.REJECTED:
        return
    members = set(row.members or ())
    for key, old in stored.items():
        if key[0] == row.source_path and key[1] is not None and key[1] not in members:
            change.deleted.add(key)
            change.released |= set(old.document_ids)
