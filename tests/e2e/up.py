"""``onrecord up`` in a folder of its own, and what its server knows."""

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from prefect import get_client
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.objects import FlowRun
from prefect.settings import PREFECT_API_URL, temporary_settings

from tests.e2e.onrecord import COMMAND, Shell, eventually

SECONDS_TO_START = 120
SECONDS_TO_STOP = 40


@dataclass(frozen=True)
class Up:
    """A running ``onrecord up``."""

    shell: Shell
    folder: Path
    process: "subprocess.Popen[str]"
    output: IO[str]

    @property
    def landing(self) -> Path:
        return self.folder / "landing"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def page(self) -> str:
        """The address of the UI."""
        return self._after("Prefect UI ")

    @property
    def api(self) -> str:
        return self._after("PREFECT_API_URL=")

    def said(self) -> str:
        self.output.seek(0)
        return self.output.read()

    def _after(self, words: str) -> str:
        (line,) = (line for line in self.said().splitlines() if words in line)
        return line.split(words)[1].strip()

    def stop(self, number: int = signal.SIGINT) -> int:
        """Its exit code."""
        self.process.send_signal(number)
        return self.process.wait(timeout=SECONDS_TO_STOP)

    @contextmanager
    def client(self) -> Iterator[SyncPrefectClient]:
        with temporary_settings({PREFECT_API_URL: self.api}), get_client(sync_client=True) as client:
            yield client

    def runs(self, flow: str, *states: str) -> list[FlowRun]:
        """Runs that a deployment of the flow made, in these states or in any, in the order of their start."""
        with self.client() as client:
            flows = {item.id: item.name for item in client.read_flows()}
            found = [run for run in client.read_flow_runs(limit=200) if run.deployment_id]
        chosen = [run for run in found if flows[run.flow_id] == flow and (not states or run.state_name in states)]
        return sorted(chosen, key=lambda run: str(run.start_time or run.expected_start_time))

    def run(self, deployment: str, seconds: float = 180, **parameters: Any) -> FlowRun:
        """Ask for a run, as the button in the UI does, and wait for its end."""
        with self.client() as client:
            found = client.read_deployment_by_name(deployment)
            run = client.create_flow_run_from_deployment(found.id, parameters=parameters)
            begun = time.monotonic()
            while not (run.state and run.state.is_final()):
                assert time.monotonic() - begun < seconds, (run.state, self.said())
                time.sleep(0.5)
                run = client.read_flow_run(run.id)
        return run


@contextmanager
def started(shell: Shell, folder: Path, *arguments: object) -> Iterator[Up]:
    """Start it and wait for its worker; whatever survives the block ends here."""
    assert COMMAND, "the onrecord command is not installed beside this Python"
    folder.mkdir(parents=True, exist_ok=True)
    # Not a pipe, which nobody empties while the test looks elsewhere.
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(
            [COMMAND, "up", "--port", "0", *map(str, arguments)],
            env={**shell.environment, "PYTHONUNBUFFERED": "1"},
            cwd=folder,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        up = Up(shell, folder, process, output)
        try:
            ready = eventually(lambda: "started!" in up.said() or process.poll() is not None, SECONDS_TO_START)
            assert ready, up.said()
            assert process.poll() is None, up.said()
            yield up
        finally:
            if process.poll() is None:
                os.kill(process.pid, signal.SIGINT)
                with _patience():
                    process.wait(timeout=SECONDS_TO_STOP)
            for survivor in shell.processes():
                survivor.kill()


@contextmanager
def _patience() -> Iterator[None]:
    """A command that does not stop is killed with all the rest; the test that looks for that says so."""
    with suppress(subprocess.TimeoutExpired):
        yield
