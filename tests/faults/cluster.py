"""Processes that the tests start beside the command: a Prefect server, a Prefect worker, a Dask cluster."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.e2e.onrecord import Shell, eventually

SECONDS_TO_START = 120


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def command(name: str) -> str:
    found = shutil.which(name, path=str(Path(sys.executable).parent))
    assert found, f"{name} is not installed beside this Python"
    return found


@dataclass
class Background:
    """Processes started by a test, each in a session of its own, all ended with it."""

    shell: Shell
    log: Path
    started: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def start(self, *arguments: str, **environment: str) -> "subprocess.Popen[bytes]":
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                arguments,
                env={**self.shell.environment, **environment},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.started.append(process)
        return process

    def end(self) -> None:
        for process in self.started:
            for one in family(process.pid):
                _kill(one)
            process.wait()


def family(pid: int) -> list[psutil.Process]:
    """A process and all below it."""
    try:
        top = psutil.Process(pid)
        return [top, *top.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _kill(process: psutil.Process) -> None:
    with suppress(psutil.NoSuchProcess):
        process.kill()


@contextmanager
def background(shell: Shell, log: Path) -> Iterator[Background]:
    here = Background(shell, log)
    try:
        yield here
    finally:
        here.end()


class Server:
    """``prefect server start`` on one port, which can be killed and started again on the same database."""

    def __init__(self, here: Background) -> None:
        self._here = here
        self.port = free_port()
        self.api = f"http://127.0.0.1:{self.port}/api"
        self.process = self.start()

    def start(self) -> "subprocess.Popen[bytes]":
        arguments = ("server", "start", "--host", "127.0.0.1", "--port", str(self.port), "--no-ui")
        self.process = self._here.start(command("prefect"), *arguments)
        assert eventually(self._answers, SECONDS_TO_START), self._here.log.read_text()
        return self.process

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.api}/health", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def kill(self) -> None:
        for one in family(self.process.pid):
            _kill(one)
        self.process.wait()


class Cluster:
    """``dask scheduler`` and some ``dask worker`` processes."""

    def __init__(self, here: Background, workers: int) -> None:
        self._here = here
        port = free_port()
        self.address = f"tcp://127.0.0.1:{port}"
        here.start(command("dask"), "scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
        self.workers = [self.add_worker() for _ in range(workers)]

    def add_worker(self) -> "subprocess.Popen[bytes]":
        arguments = ("worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")
        return self._here.start(command("dask"), *arguments, "--local-directory", str(self._here.log.parent))

    def kill_one(self) -> None:
        """SIGKILL to the oldest worker; another one comes in its place, as a service manager would see to."""
        victim = self.workers.pop(0)
        os.kill(victim.pid, signal.SIGKILL)
        victim.wait()
        self.workers.append(self.add_worker())


def wait_a_little(seconds: float) -> None:
    time.sleep(seconds)
