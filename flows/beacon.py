"""What a process is working on, told to whoever watches it: so a record that kills or stalls its process has a name.

The body of a batch calls :func:`at` before each step that a record could not survive. In a pool process the call sends
the beacon to the parent (:mod:`flows.pool`), which so knows what was at hand when the process died, and ends a process
that stays at one place for longer than the place allows. Anywhere else it does nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    """What is being done to a record."""

    READING = "reading"  # unpacking, parsing, extraction of the body
    NORMALISING = "normalising"
    ANNOTATING = "annotating"


@dataclass(frozen=True, slots=True)
class Beacon:
    """A place in a batch.

    Attributes:
        unit: position of the unit in its batch.
        record: number of the record in its file or member; None for several records at once.
        phase: what is being done to it.
        seconds: how long that may take; the process is ended when it takes longer.
    """

    unit: int
    record: int | None
    phase: Phase
    seconds: float

    def __str__(self) -> str:
        return f"{self.phase} {f'record {self.record}' if self.record is not None else 'several records'}"


_watcher: Callable[[Beacon | None], None] | None = None


def watch(watcher: Callable[[Beacon | None], None] | None) -> None:
    """Let ``watcher`` hear all beacons of this process from now on."""
    global _watcher  # noqa: PLW0603  one process, one watcher
    _watcher = watcher


def at(beacon: Beacon | None) -> None:
    """Tell where the work is; None for work that belongs to no record and may take as long as it likes."""
    if _watcher is not None:
        _watcher(beacon)
