"""Which runs are under way, and which ended without a word: a file a run, locked for as long as its process lives.

The kernel lets go of the lock when the process dies, by whatever cause, so no process id has to be guessed at. On a
file system without locks that hold between machines a run on another machine looks dead; nothing but the words of
``onrecord status`` rests on this.
"""

import fcntl
import json
import os
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from warehouse.errors import clear_errors
from warehouse.layout import prepare

FOLDER = ".runs"
_SAFE = re.compile(r"[A-Za-z0-9_-]{1,100}")


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A run as it announced itself.

    Attributes:
        started_at: zone-aware, ISO 8601.
        alive: whether its process is.
    """

    run_id: str
    started_at: str
    sources: tuple[str, ...]
    model: str
    pid: int
    alive: bool

    @property
    def started(self) -> datetime:
        """When it began."""
        return datetime.fromisoformat(self.started_at)


@contextmanager
def announce(
    root: str | os.PathLike[str], run_id: str, started_at: datetime, sources: tuple[str, ...], model: str
) -> Iterator[None]:
    """For the time of the block the run is known to be under way; killed inside, it is known to have died.

    Raises:
        NotAWarehouseError, WritePermissionError, DiskFullError: when it cannot be noted.
    """
    folder = Path(root)
    with clear_errors(folder):
        prepare(folder)
        (folder / FOLDER).mkdir(exist_ok=True)
        name = run_id if _SAFE.fullmatch(run_id) else uuid.uuid4().hex
        path = folder / FOLDER / f"{name}.json"
        facts = asdict(UnderWay(run_id, started_at.isoformat(), sources, model, os.getpid(), True))
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(facts).encode(), 0)
        yield
    finally:  # also when it failed or was interrupted: its row in `runs` says so
        path.unlink(missing_ok=True)
        os.close(descriptor)


def runs_under_way(root: str | os.PathLike[str]) -> list[UnderWay]:
    """All runs that began and did not end in order, the oldest first."""
    found = []
    for path in sorted((Path(root) / FOLDER).glob("*.json")):
        try:
            with path.open("rb") as file:
                content = json.loads(file.read() or b"null")
                alive = not _free(file.fileno())
        except (FileNotFoundError, ValueError):  # it has just ended, or has just begun
            continue
        if content:
            found.append(UnderWay(**{**content, "sources": tuple(content["sources"]), "alive": alive}))
    return sorted(found, key=lambda run: run.started)


def forget(root: str | os.PathLike[str], run: UnderWay) -> None:
    """Remove what a dead run left, once it has its row in ``runs``."""
    (Path(root) / FOLDER / f"{run.run_id}.json").unlink(missing_ok=True)


def _free(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    return True
