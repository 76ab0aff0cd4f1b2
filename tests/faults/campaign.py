"""Kills, one after the other, of writers that change one warehouse, while a reader reads it.

After each kill the tables must hold the state before the change or the one after it; the change is then run again,
which must give the state after it, and once more, which must change nothing.
"""

import json
import os
import random
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path

import pandas as pd

import warehouse
from tests.faults.fuse import NEVER, Fuse
from tests.faults.reader import TABLES, read_beside
from tests.faults.scenes import CYCLE, Change, State, next_change, unpack_version_1, write_json
from tests.faults.worker import CONTEXT
from tests.warehouse.tables import check_invariants, read_all
from warehouse import build, snapshots

KEEP = timedelta(seconds=30)
"""How long old snapshots are kept here: longer than the longest read."""

PACE = 0.8
"""Seconds of rest after each change: commits that follow each other at once are no load that anybody has."""

STRIDE = 5
"""Positions of injected kills advance by this from one change of a kind to the next: a prime to most lengths."""


def carry_out(root: str, change: Change, blows_at: int, began: str) -> None:
    """What a writer's process runs; notes how many calls to the file system it took, when it lives to tell."""
    os.fsync = lambda descriptor: None  # SIGKILL does not lose what the kernel holds
    snapshots.prune = partial(snapshots.prune, keep=KEEP)  # else an hour's worth of them would slow all down
    build.PIECE_BYTES = 2_000  # even these few articles are cut into pieces, as those of a large commit are
    Path(began).touch()
    fuse = Fuse(blows_at)
    fuse.light()
    change.run(Path(root))
    calls = fuse.calls
    Path(began).write_text(str(calls))


@dataclass
class Tally:
    """What happened."""

    injected: Counter[str] = field(default_factory=Counter)
    random: Counter[str] = field(default_factory=Counter)
    reads: Counter[str] = field(default_factory=Counter)
    found_before: int = 0
    found_after: int = 0

    @property
    def kills(self) -> int:
        return self.injected.total() + self.random.total()


class Campaign:
    """One warehouse, its reader, and the kills that it survives."""

    def __init__(self, folder: Path, say: Callable[[str], None] = print, seed: int = 1, pace: float = PACE) -> None:
        self.root = folder / "data"
        self.notes = folder / "notes"
        self.notes.mkdir(parents=True)
        self.tally = Tally()
        self.states: list[dict[str, str]] = []
        self.chance = random.Random(seed)
        self.say = say
        self.pace = pace
        self.lengths: dict[str, int] = {}
        self.seconds: dict[str, float] = {}
        self.positions: Counter[str] = Counter()
        self._began = time.monotonic()

    # The story

    def run(self, kills: int) -> Tally:
        """Change, kill, check and go on until there were so many kills, half of each kind."""
        state, number = self._first_state(), 1
        with self.reader():
            while self.tally.kills < kills:
                number += 1
                kind = CYCLE[number % len(CYCLE)]
                change = next_change(state, number, kind)
                self.states.append(change.after.digests())
                self._endure(change)
                state = change.after
                if number % 20 == 0:
                    self._report()
        self._report()
        return self.tally

    def migrate(self, kills: int) -> Tally:
        """The same for the change of layout, each from a fresh copy of the old one, with a reader for each."""
        while self.tally.kills < kills:
            shutil.rmtree(self.root, ignore_errors=True)
            unpack_version_1(self.root.parent)
            before = self._found()
            after = self._migrated_digests()
            self.states = [before, after]
            with self.reader():
                self._endure(Change("migrate", 1, State()))
            if self.tally.kills % 10 == 0:
                self._report()
        return self.tally

    def _first_state(self) -> State:
        change = next_change(State(), 1, "ingest")
        change.run(self.root)
        self.states.append(change.after.digests())
        return change.after

    def _migrated_digests(self) -> dict[str, str]:
        aside = self.root.parent / "aside"
        shutil.rmtree(aside, ignore_errors=True)
        unpack_version_1(aside)
        Change("migrate", 1, State()).run(aside / "data")
        return {table: digest(pd.read_parquet(aside / "data" / table)) for table, digest in TABLES.items()}

    # One change

    def _endure(self, change: Change) -> None:
        self._note(len(self.states) - 2, change.kind)
        by_time = self.tally.random[change.kind] < self.tally.injected[change.kind]
        killed = self._kill_by_time(change) if by_time else self._kill_by_fuse(change)
        if killed:
            (self.tally.random if by_time else self.tally.injected)[change.kind] += 1
            found = self._found()
            before, after = self.states[-2:]
            assert found in (before, after), f"after a kill during {change.kind} {change.number}"
            self.tally.found_after += found == after
            self.tally.found_before += found != after
        self._finish(change)
        check_invariants(read_all(self.root))
        snapshot = warehouse.open(self.root).snapshot
        self._finish(change)
        assert warehouse.open(self.root).snapshot == snapshot, f"{change.kind} {change.number} is not idempotent"
        self._note(len(self.states) - 1, "")
        time.sleep(self.pace)

    def _kill_by_fuse(self, change: Change) -> bool:
        length = self.lengths.get(change.kind)
        if length is None:
            self.lengths[change.kind] = length = self._length(change)
        position = 1 + (self.positions[change.kind] * STRIDE) % length
        self.positions[change.kind] += 1
        process, _ = self._start(change, position)
        process.join()
        return process.exitcode == -signal.SIGKILL

    def _length(self, change: Change) -> int:
        """Calls that a change of this kind takes, counted on a copy."""
        aside = self.root.parent / "count" / "data"
        shutil.rmtree(aside.parent, ignore_errors=True)
        shutil.copytree(self.root, aside, symlinks=True)
        begin = time.monotonic()
        process, began = self._start(change, NEVER, aside)
        process.join()
        self.seconds[change.kind] = time.monotonic() - begin
        return int(began.read_text())

    def _kill_by_time(self, change: Change) -> bool:
        process, began = self._start(change, NEVER)
        while not began.exists() and process.is_alive():
            time.sleep(0.001)
        time.sleep(self.chance.uniform(0.0, 0.8 * self.seconds.get(change.kind, 0.2)))
        if process.pid is not None and process.is_alive():
            os.kill(process.pid, signal.SIGKILL)
        process.join()
        return process.exitcode == -signal.SIGKILL

    def _finish(self, change: Change) -> None:
        process, began = self._start(change, NEVER)
        process.join()
        assert process.exitcode == 0, f"{change.kind} {change.number} failed after a kill"
        self.lengths[change.kind] = max(self.lengths.get(change.kind, 0), int(began.read_text()))
        assert self._found() == self.states[-1]
        left = [*self.root.glob("snapshots/.*"), *self.root.glob("staging/.tmp*")]
        assert left == [] and not (self.root / ".forget.json").exists()

    def _start(self, change: Change, blows_at: int, root: Path | None = None) -> tuple[BaseProcess, Path]:
        """A writer's process, and the file that it makes when it begins and fills when it ends."""
        began = self.notes / "began"
        began.unlink(missing_ok=True)
        process = CONTEXT.Process(target=carry_out, args=(str(root or self.root), change, blows_at, str(began)))
        process.start()
        return process, began

    # The reader

    @contextmanager
    def reader(self) -> Iterator[None]:
        """Reads as long as the block lasts; its counts are added to the tally."""
        (self.notes / "stop").unlink(missing_ok=True)
        (self.notes / "seen.json").unlink(missing_ok=True)
        self._note(0, "")
        process = CONTEXT.Process(target=read_beside, args=(str(self.root), str(self.notes)))
        process.start()
        try:
            yield
        finally:
            (self.notes / "stop").touch()
            process.join()
            self.tally.reads += self._seen()

    def _note(self, done: int, doing: str) -> None:
        write_json(self.notes / "allowed.json", self.states)
        write_json(self.notes / "done.json", max(0, done))
        write_json(self.notes / "doing.json", doing)

    def _seen(self) -> Counter[str]:
        path = self.notes / "seen.json"
        return Counter(json.loads(path.read_text())) if path.exists() else Counter()

    def _found(self) -> dict[str, str]:
        return {table: digest(pd.read_parquet(self.root / table)) for table, digest in TABLES.items()}

    def _report(self) -> None:
        reads = self.tally.reads + (self._seen() if not (self.notes / "stop").exists() else Counter())
        self.say(
            f"{time.monotonic() - self._began:5.0f} s: {self.tally.injected.total()} injected and "
            f"{self.tally.random.total()} random kills; {json.dumps(dict(sorted(reads.items())))}"
        )
