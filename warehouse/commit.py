"""The commit: all tables change at once, or not at all.

1. take the lock;
2. undo what a killed commit left, bring an older layout up to date, end a take-down that was begun;
3. plan: compare what came with what is stored;
4. build the next snapshot beside the others, linking the files that stay;
5. give it its number;
6. swap the link ``current``: this is the commit;
7. merge the files of partitions that have too many, by another snapshot of the same kind;
8. prune old snapshots.

A kill before step 6 leaves the old tables, one after it the new ones.
"""

import os
from collections.abc import Sequence
from datetime import datetime

from warehouse.build import build
from warehouse.compaction import compact_what_is_due
from warehouse.incoming import Incoming
from warehouse.lock import DEFAULT_WAIT
from warehouse.memory import give_back
from warehouse.plan import make_plan
from warehouse.result import CommitResult
from warehouse.staging import StagedBatch
from warehouse.stored import Stored
from warehouse.transaction import Transaction, transaction

__all__ = ["CommitResult", "commit"]


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
    with transaction(root, now, wait) as begun:
        result = _commit(begun, batches, run_id)
        if result.snapshot is not None:
            compact_what_is_due(begun)
        return result


def _commit(begun: Transaction, batches: Sequence[StagedBatch], run_id: str) -> CommitResult:
    present = [batch for batch in batches if batch.exists()]
    missing = len(batches) - len(present)
    incoming = Incoming(present)
    base = begun.base
    give_back()  # what the process held in reserve before
    plan = make_plan(Stored(base), incoming)
    if base is not None and plan.is_empty:
        return CommitResult(None, documents_unchanged=plan.unchanged, batches_missing=missing)
    number, written = begun.make(
        run_id,
        lambda writer, base: build(writer, base, plan, incoming),
        linked=base is not None and base.manifest().linked and not (plan.gone or plan.annotated),
    )
    return CommitResult(
        snapshot=number,
        documents_added=plan.added,
        documents_replaced=plan.replaced,
        documents_removed=plan.removed,
        documents_unchanged=plan.unchanged,
        documents_annotated=len(plan.annotated),
        entities_added=written.rows_added["entities"],
        quotes_added=written.rows_added["quotes"],
        rejects_added=written.rows_added["rejects"],
        bytes_written=written.bytes_written,
        partitions=tuple(sorted(written.months)),
        batches_missing=missing,
    )
