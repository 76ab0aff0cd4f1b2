"""What the tests run in processes of their own: commits that die before their n-th call to the file system, writers.

Processes come from a fork server that has imported all of this, so that each starts in milliseconds.
"""

import io
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.warehouse.factory import SECOND, Article, File, stage
from warehouse.commit import commit
from warehouse.staging import StagingArea

CALLS = ("open", "mkdir", "rename", "replace", "link", "symlink", "unlink", "rmdir", "fsync", "ftruncate", "pwrite")
NEVER = sys.maxsize
MONTHS = [datetime(2026, month, 5) for month in (1, 2, 3)]

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["pytest", "tests.faults.worker"])


class Fuse:
    """Counts calls; kills the process before the one at which it blows, without any chance to clean up."""

    def __init__(self, blows_at: int) -> None:
        self.blows_at = blows_at
        self.calls = 0

    def burn(self) -> None:
        self.calls += 1
        if self.calls == self.blows_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def guard(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(*arguments: Any, **more: Any) -> Any:
            self.burn()
            return call(*arguments, **more)

        return guarded

    def guard_files(self) -> None:
        """Files opened for writing count each write as a call, so that kills leave them half-written."""
        fuse, plain_open = self, io.open

        class Fused(io.BufferedWriter):
            def write(self, data: Any) -> int:
                fuse.burn()
                return super().write(data)

        def guarded_open(file: Any, mode: str = "r", *arguments: Any, **more: Any) -> Any:
            if mode != "xb":
                return plain_open(file, mode, *arguments, **more)
            fuse.burn()
            return Fused(io.FileIO(file, "x"))

        io.open = guarded_open  # type: ignore[assignment]

    def light(self) -> None:
        """From here on calls count."""
        self.guard_files()
        for name in CALLS:
            setattr(os, name, self.guard(getattr(os, name)))


def _commit_all(root: Path, blows_at: int) -> int:
    """Commit all finished batches.

    Returns:
        The number of calls that it took.
    """
    os.fsync = lambda descriptor: None  # SIGKILL does not lose what the kernel holds
    fuse = Fuse(blows_at)
    batches = StagingArea(root).finished()
    fuse.light()
    commit(root, batches, "run")
    return fuse.calls


def count_calls(root: str, calls: "multiprocessing.SimpleQueue[int]") -> None:
    calls.put(_commit_all(Path(root), NEVER))


def die(root: str, blows_at: int) -> None:
    _commit_all(Path(root), blows_at)


def write_own(root: str, writer: int, commits: int) -> None:
    """Commit one article after another, as runs of one deployment would."""
    for number in range(commits):
        article = Article(f"{writer}-{number}", text=f"Words {writer} {number}, they said.", day=MONTHS[number % 3])
        batch = stage(root, File(f"/in/{writer}/{number}", (article,)), name=f"w{writer}-{number}")
        commit(root, [batch], f"run-{writer}-{number}")
        StagingArea(root).discard([batch])


def all_in_version(version: int) -> File:
    """One file with nine articles, each in another month than in the version before."""
    articles = tuple(
        Article(f"k{n}", text=f"Version {version} of number {n}, they said.", day=MONTHS[(n + version) % 3])
        for n in range(9)
    )
    return replace(File("/in/all", articles), read_at=version * SECOND, mtime=version * SECOND)


def rewrite_for(root: str, seconds: float) -> None:
    """Correct every article again and again."""
    end, version = time.monotonic() + seconds, 2
    while time.monotonic() < end:
        batch = stage(root, all_in_version(version), name=f"v{version}")
        commit(root, [batch], f"run-{version}")
        StagingArea(root).discard([batch])
        version += 1
