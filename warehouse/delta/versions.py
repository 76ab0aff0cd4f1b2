"""Which versions of the Delta tables belong to one snapshot."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from warehouse.delta.target import SNAPSHOT_KEY, Target, clear_errors
from warehouse.errors import NotPublishedError
from warehouse.tables import SNAPSHOT_TABLES


@dataclass(frozen=True)
class Published:
    """A snapshot as it was published.

    Attributes:
        snapshot: its number.
        versions: the version of each Delta table that has exactly its rows.
    """

    snapshot: int
    versions: dict[str, int]


def published(
    url: str | os.PathLike[str], snapshot: int | None = None, *, storage_options: Mapping[str, str] | None = None
) -> Published:
    """The versions of all tables that belong together, for ``deltalake.DeltaTable(url, version=…)``.

    Args:
        url: as it was published to.
        snapshot: a number; by default the latest that all tables have.
        storage_options: as for :func:`warehouse.delta.publish`.

    Raises:
        DeltaMissingError: when deltalake is not installed.
        NotPublishedError: when no such snapshot was published whole, or its commits are no longer in the logs.
        PublishError: when the store refuses.
    """
    target = Target.of(url, storage_options)
    versions = {table.name: _versions(target, table.name) for table in SNAPSHOT_TABLES}
    whole = set.intersection(*(set(known) for known in versions.values()))
    wanted = max(whole, default=None) if snapshot is None else snapshot
    if wanted is None or wanted not in whole:
        raise NotPublishedError(target.url, snapshot, sorted(whole))
    return Published(wanted, {name: known[wanted] for name, known in versions.items()})


def _versions(target: Target, name: str) -> dict[int, int]:
    """The version of a table by the snapshot that its commit notes."""
    table = target.open(name)
    return {} if table is None else snapshots_of(table, target.table_url(name))


def snapshots_of(table: Any, url: str) -> dict[int, int]:
    """The version of an opened table by the snapshot that its commit notes."""
    with clear_errors(url):
        commits = table.history()
    return {int(commit[SNAPSHOT_KEY]): int(commit["version"]) for commit in commits if SNAPSHOT_KEY in commit}
