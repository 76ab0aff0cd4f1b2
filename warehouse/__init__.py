"""The warehouse: tables of Parquet files that change together, and ways to read them.

::

    import warehouse

    tables = warehouse.open("data")
    tables.quotes(speaker="Ada Marsh", since="2026-01-01")
"""

import os
from datetime import datetime

import pandas as pd

from warehouse.compaction import compact
from warehouse.comparison import Changes, changes
from warehouse.delta import Published, publish, published
from warehouse.forgetting import forget
from warehouse.pinning import kept_snapshots
from warehouse.query import Warehouse, open_warehouse
from warehouse.verification import Report, verify

__all__ = [
    "Changes",
    "Published",
    "Report",
    "Warehouse",
    "changes",
    "compact",
    "forget",
    "history",
    "open",
    "publish",
    "published",
    "verify",
]


def open(
    path: str | os.PathLike[str] = "data", *, snapshot: int | None = None, as_of: str | datetime | None = None
) -> Warehouse:
    """Pin a snapshot of a warehouse: the current one, or an earlier one that is still kept (see :func:`history`).

    Args:
        path: the warehouse folder.
        snapshot: number of the snapshot.
        as_of: the snapshot that was current at this time, such as ``"2026-11-20T10:00"``; UTC where it has no zone.

    Raises:
        NotAWarehouseError: when nothing was ever committed there.
        NewerVersionError: when newer software wrote it.
        NoSuchSnapshotError: when no such snapshot is kept; it names those that are.
    """
    return open_warehouse(path, snapshot=snapshot, as_of=as_of)


def history(path: str | os.PathLike[str] = "data") -> pd.DataFrame:
    """The snapshots that can be opened, the oldest first: ``snapshot``, ``created_at`` (UTC), ``run_id``.

    A snapshot is kept for an hour after the next one is committed, and longer while no commit comes to delete it.
    """
    return kept_snapshots(path)
