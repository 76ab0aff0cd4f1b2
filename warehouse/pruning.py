"""Dropping old snapshots without a commit, for a warehouse in which nothing is committed for days."""

import os

from warehouse import snapshots
from warehouse.layout import existing
from warehouse.lock import DEFAULT_WAIT
from warehouse.transaction import transaction


def prune(root: str | os.PathLike[str], *, wait: float = DEFAULT_WAIT) -> int:
    """Delete the snapshots that nobody can be reading any more, and whatever killed processes left.

    Returns:
        How many snapshots were deleted.

    Raises:
        NotAWarehouseError, NewerVersionError, LockedError, WritePermissionError: see
            :func:`warehouse.transaction.transaction`.
    """
    existing(root)
    with transaction(root, None, wait) as begun:
        return snapshots.prune(begun.layout, begun.moment)
