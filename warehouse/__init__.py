"""The warehouse: tables of Parquet files that change together, and ways to read them.

::

    import warehouse

    tables = warehouse.open("data")
    tables.quotes(speaker="Ada Marsh", since="2026-01-01")
"""

import os

from warehouse.compaction import compact
from warehouse.forgetting import forget
from warehouse.query import Warehouse, open_warehouse

__all__ = ["Warehouse", "compact", "forget", "open"]


def open(path: str | os.PathLike[str] = "data") -> Warehouse:
    """Pin the current snapshot of a warehouse.

    Raises:
        NotAWarehouseError: when nothing was ever committed there.
        NewerVersionError: when newer software wrote it.
    """
    return open_warehouse(path)
