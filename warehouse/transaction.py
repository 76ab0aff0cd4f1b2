"""What every change of the tables has in common: the lock, recovery before, one swap of the link, pruning after."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from warehouse import disk, snapshots, staging
from warehouse.clock import Moment
from warehouse.errors import clear_errors
from warehouse.layout import Layout, ensure_stable_names, prepare
from warehouse.lock import write_lock
from warehouse.snapshots import Manifest, Snapshot
from warehouse.writer import SnapshotWriter


@dataclass
class Transaction:
    """The right to change a warehouse, while the lock is held. Several snapshots may be made, one after the other.

    Attributes:
        layout: where things lie.
        moment: when it began.
    """

    layout: Layout
    moment: Moment

    @property
    def base(self) -> Snapshot | None:
        """The snapshot that readers see now."""
        return snapshots.current(self.layout)

    @property
    def next_number(self) -> int:
        """Number of the snapshot to be made."""
        base = self.base
        return base.number + 1 if base is not None else 1

    def make(
        self, run_id: str, fill: Callable[[SnapshotWriter, Snapshot | None], None], *, linked: bool = False
    ) -> tuple[int, SnapshotWriter]:
        """Make the next snapshot and let readers see it.

        Args:
            run_id: noted in the snapshot.
            fill: writes the tables; gets the snapshot that is current still.
            linked: whether its ``canonical_entities`` count exactly its rows; see :class:`snapshots.Manifest`.

        Returns:
            The new snapshot's number, and what was written.
        """
        number, base = self.next_number, self.base
        directory = self.layout.building(number)
        with cleared_on_failure(directory):
            writer = SnapshotWriter(directory, f"{number:08d}", base)
            fill(writer, base)
            writer.finish(Manifest.made(number, self.moment, run_id, linked=linked))
        ensure_stable_names(self.layout)
        snapshots.publish(self.layout, number)
        return number, writer


@contextmanager
def cleared_on_failure(directory: Path) -> Iterator[None]:
    """Give the room back that a folder took which could not be finished: the disk may be full."""
    try:
        yield
    except BaseException:  # whatever it was, the folder is of no use; recovery would delete it only later
        disk.remove_tree(directory, ignore_errors=True)
        raise


@contextmanager
def transaction(root: str | os.PathLike[str], now: datetime | None, wait: float) -> Iterator[Transaction]:
    """Take the lock, undo or end what a killed process left, bring an older layout up to date; prune at the end.

    Args:
        root: the warehouse folder; made when it is missing.
        now: the time, zone-aware; by default the clock's, with the machine's uptime beside it.
        wait: seconds to wait for another commit.

    Raises:
        LockedError: when another process does not end in time.
        NotAWarehouseError, NewerVersionError: when the folder is none of ours to write.
        DiskFullError, WritePermissionError, NoSymlinkError: when writing fails; the tables are as they were.
    """
    from warehouse import forgetting, migrations  # noqa: PLC0415  both make snapshots by transactions themselves

    folder = Path(root)
    with clear_errors(folder):
        layout = prepare(folder)
        with write_lock(layout.lock, wait):
            begun = Transaction(layout, Moment.at(now))
            snapshots.recover(layout)
            staging.sweep(layout)
            migrations.migrate(begun)
            forgetting.finish(begun)
            yield begun
            snapshots.prune(layout, begun.moment)
