"""The ``onrecord`` command in processes of its own, each marked so that none can hide."""

import json
import os
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import psutil

MARK = "ONRECORD_TEST_MARK"
COMMAND = shutil.which("onrecord", path=str(Path(sys.executable).parent))
NOT_INHERITED = ("PREFECT_API_URL", "PREFECT_PROFILE", "ONRECORD_DATA")


@dataclass(frozen=True)
class Shell:
    """Where commands run: their Prefect home and, when a server is running already, its API.

    All processes started here and all that these start carry ``mark`` in their environment.
    """

    prefect_home: Path
    api: str | None = None
    mark: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
        return {
            **kept,
            **({"PREFECT_API_URL": self.api} if self.api else {}),
            "PREFECT_HOME": str(self.prefect_home),
            MARK: self.mark,
        }

    def start(self, *arguments: object) -> subprocess.Popen[str]:
        """Start a command in a session of its own, as a terminal does."""
        assert COMMAND, "the onrecord command is not installed beside this Python"
        return subprocess.Popen(
            [COMMAND, *map(str, arguments)],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def ingest(self, *arguments: object) -> dict[str, Any]:
        """The report of a run that must succeed."""
        with self.start("ingest", *arguments, "--json") as process:
            out, err = process.communicate(timeout=240)
        assert process.returncode == 0, err
        report: dict[str, Any] = json.loads(out)
        return report

    def processes(self) -> list[psutil.Process]:
        """Whatever runs with our mark."""
        return [process for process in psutil.process_iter() if self._marked(process)]

    def _marked(self, process: psutil.Process) -> bool:
        try:
            return process.environ().get(MARK) == self.mark
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            return False


def eventually(what: Callable[[], bool], seconds: float) -> bool:
    """Whether it comes true in time."""
    deadline = time.monotonic() + seconds
    while not what():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def table(root: Path, name: str) -> pd.DataFrame:
    """As users read it."""
    return pd.read_parquet(root / name)
