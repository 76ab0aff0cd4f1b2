"""Resident memory of a process and of all that it started, read from /proc."""

import os
import threading
import time
from collections import defaultdict
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")


def processes(root: int) -> dict[int, str]:
    """The process and its descendants that are alive, each with its command line."""
    parents: dict[int, int] = {}
    commands: dict[int, str] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                commands[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except (OSError, ValueError, IndexError):
                continue  # it has just ended
    found, waiting = {root}, [root]
    while waiting:
        one = waiting.pop()
        children = [child for child, parent in parents.items() if parent == one and child not in found]
        found.update(children)
        waiting += children
    return {pid: commands[pid] for pid in found if pid in commands}


def resident(pid: int) -> int:
    """Bytes; 0 when it has ended."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
    except (OSError, IndexError):
        return 0


class Watch:
    """Samples a command's processes while it runs.

    Attributes:
        peaks: most megabytes of the command itself, of its largest worker, of the server, and of all together.
    """

    def __init__(self, pid: int, seconds: float = 0.5) -> None:
        self._pid, self._seconds = pid, seconds
        self.peaks: defaultdict[str, float] = defaultdict(float)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> dict[str, float]:
        """End the watch and give the peaks."""
        self._over.set()
        self._thread.join()
        return dict(self.peaks)

    def _run(self) -> None:
        while not self._over.is_set():
            together = 0.0
            for pid, command in processes(self._pid).items():
                kind, megabytes = self._kind(pid, command), resident(pid) / 1e6
                self.peaks[kind] = max(self.peaks[kind], megabytes)
                together += megabytes
            self.peaks["together"] = max(self.peaks["together"], together)
            time.sleep(self._seconds)

    def _kind(self, pid: int, command: str) -> str:
        if pid == self._pid:
            return "parent"
        return "worker" if "flows.worker" in command else "server"
