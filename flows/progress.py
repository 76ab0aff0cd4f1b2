"""Who listens to a run while it is under way: the terminal, if the command started it; otherwise nobody."""

from contextvars import ContextVar
from typing import Protocol


class Listener(Protocol):
    """Hears what a run does."""

    def stage(self, name: str) -> None:
        """A stage begins: "discover", "annotate", "commit", "report"."""

    def planned(self, records: int, unchanged: int) -> None:
        """The number of records to read, and of files that need not be."""

    def advanced(self, records: int) -> None:
        """So many more records are staged."""


class Silence:
    """Listens to nothing."""

    def stage(self, name: str) -> None:
        """Ignore it."""

    def planned(self, records: int, unchanged: int) -> None:
        """Ignore it."""

    def advanced(self, records: int) -> None:
        """Ignore it."""


current_listener: ContextVar[Listener] = ContextVar("current_listener", default=Silence())  # noqa: B039  it has no state
