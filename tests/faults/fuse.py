"""A fuse that kills its process before the n-th call that changes the file system: a real SIGKILL of a real process."""

import io
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

CALLS = ("open", "mkdir", "rename", "replace", "link", "symlink", "unlink", "rmdir", "fsync", "ftruncate", "pwrite")
NEVER = sys.maxsize


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
            if mode not in ("xb", "ab"):
                return plain_open(file, mode, *arguments, **more)
            fuse.burn()
            return Fused(io.FileIO(file, mode[0]))

        io.open = guarded_open  # type: ignore[assignment]

    def light(self) -> None:
        """From here on calls count."""
        self.guard_files()
        for name in CALLS:
            setattr(os, name, self.guard(getattr(os, name)))
