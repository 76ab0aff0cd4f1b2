"""Staged batches that no run can use any more. All others are kept, however old: they are somebody's finished work."""

import time
from collections.abc import Callable, Iterable
from pathlib import Path

from warehouse.ledger import Ledger
from warehouse.remote import is_url
from warehouse.staging import StagedBatch, Unit


def useless(
    batches: Iterable[StagedBatch], ledger: Ledger, older_than: float, readable: Callable[[StagedBatch], bool]
) -> list[StagedBatch]:
    """The batches of at least that age that no later run could take.

    A run takes a batch when all of it is work of its own plan. So it cannot take one that was written by other rules
    than it would work by, nor one with a file or member that the ledger has already read with these bytes, nor one
    with a file that is gone.

    Args:
        batches: finished ones.
        ledger: of the current snapshot.
        older_than: seconds.
        readable: whether this version of the software would still write such a batch.
    """
    horizon = time.time() - older_than
    return [
        batch
        for batch in batches
        if _age_mark(batch) < horizon and (not readable(batch) or any(_spent(unit, ledger) for unit in batch.units))
    ]


def _age_mark(batch: StagedBatch) -> float:
    try:
        return batch.path.stat().st_mtime
    except FileNotFoundError:  # another run has just discarded it
        return float("inf")


def _spent(unit: Unit, ledger: Ledger) -> bool:
    if unit.source_sha256 and ledger.sha256(unit.source_path, unit.source_member) == unit.source_sha256:
        return True
    # A name that is not UTF-8 is stored in another form; then its folder has to do.
    path = Path(unit.source_path)
    there = path if "\\" not in unit.source_path else path.parent
    return not is_url(unit.source_path) and not there.exists()
