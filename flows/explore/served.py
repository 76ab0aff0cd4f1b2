"""The warehouse that this process shows, one pinned snapshot for each visitor."""

import logging
from threading import Event, Lock, Thread

import warehouse
from flows.explore import health, names, outlets, quotes
from flows.explore.asked import Asked
from flows.explore.database import Database
from warehouse.errors import NoSuchSnapshotError, WarehouseError

IDLE_SECONDS = 2.0
"""Without a question, before work that can wait goes on: until then the browser may still be drawing, and needs the
processor, or somebody clicks on."""

KEPT = 2
"""Snapshots held open: the newest, and the one that visitors may still look at."""


class _EndedError(Exception):
    """Nobody will ask any more."""


class Served:
    """A warehouse folder and the databases of its snapshots."""

    def __init__(self, root: str) -> None:
        self.root = root
        self._lock = Lock()
        self._databases: dict[int, Database] = {}
        self._viewed = Event()
        self._ended = Event()
        self._threads: list[Thread] = []

    def viewed(self) -> None:
        """A page was drawn: what can wait until then may begin."""
        self._viewed.set()

    def close(self) -> None:
        """End what goes on beside the visitors, after the step that it is at.

        A thread that is inside DuckDB when Python ends takes the process down with an abort.
        """
        self._ended.set()
        self._viewed.set()
        for thread in self._threads:
            thread.join()

    def newest(self) -> int:
        """Number of the current snapshot.

        Raises:
            NotAWarehouseError, NewerVersionError: see :func:`warehouse.open`.
        """
        return warehouse.open(self.root).snapshot

    def database(self, snapshot: int | None = None) -> Database:
        """The database of a snapshot, the newest by default.

        Raises:
            NoSuchSnapshotError: when it is no longer kept.
        """
        with self._lock:
            wanted = self.newest() if snapshot is None else snapshot
            if wanted not in self._databases or not self._databases[wanted].tables.pinned.path.exists():
                self._databases.pop(wanted, None)
                database = Database(warehouse.open(self.root, snapshot=wanted), self.root)
                self._databases[wanted] = database
                self._threads.append(Thread(target=self._warm, args=(database,), name="onrecord-warm", daemon=True))
                self._threads[-1].start()
                for oldest in sorted(self._databases)[:-KEPT]:
                    if oldest != wanted:
                        del self._databases[oldest]
            return self._databases[wanted]

    def database_or_newest(self, snapshot: int | None) -> Database:
        """The database of a snapshot, or the newest where that one is no longer kept."""
        try:
            return self.database(snapshot)
        except NoSuchSnapshotError:
            return self.database()

    def _warm(self, database: Database) -> None:
        """Ask what the first page asks, beside the server's start, so that nobody waits for it.

        What later pages ask takes both processors for a second: it must not stand in the first view's way, nor in that
        of whoever goes on at once.
        """

        def wait() -> None:
            while database.idle_seconds() < IDLE_SECONDS and not self._ended.is_set():
                self._ended.wait(0.1)
            if self._ended.is_set():
                raise _EndedError

        try:
            names.prepare(database)
            names.find_speakers(database)
            quotes.timeline(database, Asked())
            quotes.speakers(database, Asked())
            self._viewed.wait()
            quotes.prepare_spoken(database, wait)
            for later in (outlets.outlets, health.documents):
                wait()
                later(database)
        except _EndedError:
            return
        except WarehouseError as error:  # whoever asks next is told; this is only to be quicker
            logging.getLogger(__name__).debug("not warmed: %s", error)


_served: Served | None = None


def serve(root: str) -> Served:
    """Choose the warehouse of this process; the page's script finds it by :func:`served`."""
    global _served  # noqa: PLW0603  Streamlit runs the script anew for each visitor, with nothing handed over
    _served = Served(root)
    return _served


def served() -> Served:
    """The warehouse that was chosen."""
    if _served is None:
        raise RuntimeError("no warehouse is served: start the page with `onrecord explore`")
    return _served
