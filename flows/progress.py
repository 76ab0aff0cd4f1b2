"""A run while it is under way: its progress in the Prefect UI, and who else listens, such as the terminal."""

import time
from contextvars import ContextVar
from typing import Any, Protocol

from prefect.artifacts import create_progress_artifact, update_progress_artifact

from flows.spec import BatchResult


class Progress:
    """The bar on the run's page, by records, with the rate and the time that is left below it."""

    def __init__(self, label: str, records: int) -> None:
        self._records = records
        self._done = self._words = self._rejects = 0
        self._begun = time.monotonic()
        self._label = label
        self._artifact: Any = create_progress_artifact(0.0, key="progress", description=str(self))

    def advance(self, result: BatchResult) -> None:
        """So much more is staged."""
        self._done += result.records
        self._words += result.words
        self._rejects += result.rejects.total()
        percent = min(100.0, 100.0 * self._done / max(self._records, 1))
        update_progress_artifact(self._artifact, percent, description=str(self))

    def finish(self) -> None:
        """Whatever the plan expected: all of it is done."""
        update_progress_artifact(self._artifact, 100.0, description=str(self))

    def __str__(self) -> str:
        seconds = time.monotonic() - self._begun
        told = f"{self._done:,} of {self._records:,} records of {self._label} done"
        if self._rejects:
            told += f", {self._rejects:,} refused"
        if self._done and seconds > 0:
            left = seconds * max(self._records - self._done, 0) / self._done
            told += f", {self._words / seconds:,.0f} words/s" + (f", {left:,.0f} s left" if left >= 1 else "")
        return told


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
