"""Which snapshot is read: the current one, or an earlier one that is still kept."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from warehouse import snapshots
from warehouse.errors import NoSuchSnapshotError, NotAWarehouseError
from warehouse.layout import Layout, existing
from warehouse.snapshots import Snapshot


def pin(layout: Layout, *, snapshot: int | None = None, as_of: str | datetime | None = None) -> Snapshot:
    """The snapshot of this number, or that was current at this time; see :func:`warehouse.open`."""
    if snapshot is not None and as_of is not None:
        raise ValueError("give either snapshot or as_of")
    newest = snapshots.current(layout)
    if newest is None:
        raise NotAWarehouseError(layout.root, "nothing has been committed to it")
    if snapshot is None and as_of is None:
        return newest
    kept = [item for item in snapshots.every(layout) if item.number <= newest.number]
    if snapshot is not None:
        chosen = [item for item in kept if item.number == snapshot]
        wanted = str(snapshot)
    else:
        moment = _moment(as_of)
        chosen = [item for item in kept if datetime.fromisoformat(item.manifest().created_at) <= moment]
        wanted = f"as of {moment.isoformat()}"
    if not chosen:
        raise NoSuchSnapshotError(layout.root, wanted, [_told(item) for item in kept])
    return Snapshot(Path(os.path.realpath(chosen[-1].path)))


def _moment(as_of: str | datetime | None) -> datetime:
    moment = datetime.fromisoformat(as_of) if isinstance(as_of, str) else as_of
    if not isinstance(moment, datetime):
        raise ValueError(f"as_of is no time: {as_of!r}")
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _told(snapshot: Snapshot) -> str:
    return f"{snapshot.number} ({snapshot.manifest().created_at[:19]}Z)"


def kept_snapshots(root: str | os.PathLike[str]) -> pd.DataFrame:
    """The snapshots that can be opened; see :func:`warehouse.snapshots`."""
    layout: Layout = existing(root)
    newest = snapshots.current(layout)
    manifests = [item.manifest() for item in snapshots.every(layout) if newest and item.number <= newest.number]
    return pd.DataFrame(
        {
            "snapshot": [manifest.number for manifest in manifests],
            "created_at": pd.to_datetime([manifest.created_at for manifest in manifests], utc=True, format="ISO8601"),
            "run_id": [manifest.run_id for manifest in manifests],
        }
    )
