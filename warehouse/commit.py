"""The commit: all tables change at once, or not at all.

1. take the lock;
2. undo what a killed commit left;
3. plan: compare what came with what is stored;
4. build the next snapshot beside the others, linking the files that stay;
5. give it its number;
6. swap the link ``current``: this is the commit;
7. prune old snapshots.

A kill before step 6 leaves the old tables, one after it the new ones.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from warehouse import snapshots, staging
from warehouse.build import Builder
from warehouse.errors import clear_errors
from warehouse.incoming import Incoming
from warehouse.layout import Layout, ensure_stable_names, prepare
from warehouse.lock import DEFAULT_WAIT, write_lock
from warehouse.plan import make_plan
from warehouse.snapshots import Manifest
from warehouse.staging import StagedBatch
from warehouse.stored import Stored


@dataclass(frozen=True, slots=True)
class CommitResult:
    """What a commit did.

    Attributes:
        snapshot: the new snapshot's number; None when nothing was new, and no snapshot was made.
        documents_added: documents that were not stored before.
        documents_replaced: stored documents whose rows were replaced.
        documents_removed: stored documents that no source gives any longer.
        documents_unchanged: documents that came again with nothing new.
        entities_added: rows written to ``entities``, of replaced documents too.
        quotes_added: rows written to ``quotes``, of replaced documents too.
        rejects_added: rows written to ``rejects``.
        bytes_written: length of all files that were written; links cost nothing.
        partitions: months whose files changed, in order.
        batches_missing: batches that somebody else had committed and discarded before.
    """

    snapshot: int | None
    documents_added: int = 0
    documents_replaced: int = 0
    documents_removed: int = 0
    documents_unchanged: int = 0
    entities_added: int = 0
    quotes_added: int = 0
    rejects_added: int = 0
    bytes_written: int = 0
    partitions: tuple[str, ...] = ()
    batches_missing: int = 0


def commit(
    root: str | os.PathLike[str],
    batches: Sequence[StagedBatch],
    run_id: str,
    *,
    now: datetime | None = None,
    wait: float = DEFAULT_WAIT,
) -> CommitResult:
    """Bring the rows of staged batches into the tables. The first commit makes the tables, be it of nothing.

    Committing the same batches again changes nothing, so a run that was killed may simply commit what it left.

    Args:
        root: the warehouse folder; made when it is missing.
        batches: as :class:`warehouse.staging.StagingArea` gives them. They are not discarded.
        run_id: noted in the snapshot.
        now: time of the commit, zone-aware; by default the clock's.
        wait: seconds to wait for another commit.

    Raises:
        LockedError: when another commit does not end in time.
        NotAWarehouseError, NewerVersionError: when the folder is none of ours to write.
        DiskFullError, WritePermissionError, NoSymlinkError: when writing fails; the tables are as they were.
    """
    folder = Path(root)
    moment = now or datetime.now(UTC)
    with clear_errors(folder):
        layout = prepare(folder)
        with write_lock(layout.lock, wait):
            snapshots.recover(layout)
            staging.sweep(layout)
            result = _commit_locked(layout, batches, run_id, moment)
            snapshots.prune(layout, moment)
            return result


def _commit_locked(layout: Layout, batches: Sequence[StagedBatch], run_id: str, now: datetime) -> CommitResult:
    base = snapshots.current(layout)
    present = [batch for batch in batches if batch.exists()]
    missing = len(batches) - len(present)
    incoming = Incoming(present)
    plan = make_plan(Stored(base), incoming)
    if base is not None and plan.is_empty:
        return CommitResult(None, documents_unchanged=plan.unchanged, batches_missing=missing)
    number = base.number + 1 if base is not None else 1
    builder = Builder(layout.building(number), number, base)
    builder.build(plan, incoming, Manifest(number, now.isoformat(), run_id))
    ensure_stable_names(layout)
    snapshots.publish(layout, number)
    return CommitResult(
        snapshot=number,
        documents_added=plan.added,
        documents_replaced=plan.replaced,
        documents_removed=plan.removed,
        documents_unchanged=plan.unchanged,
        entities_added=builder.rows_added["entities"],
        quotes_added=builder.rows_added["quotes"],
        rejects_added=builder.rows_added["rejects"],
        bytes_written=builder.bytes_written,
        partitions=tuple(sorted(builder.months)),
        batches_missing=missing,
    )
