"""Which Prefect API a run talks to: the configured one, else that of `onrecord up`, else an embedded server."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from flows.errors import PortTakenError, ServerStartError

START_TIMEOUT_SECONDS = 120.0
"""Prefect's own 20 s was too short on a busy machine (measured; see docs/decisions)."""

DRAIN_TIMEOUT_SECONDS = 10.0

QUIET_SETTINGS = {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}
"""No run of ours reports to anybody unless the user says so."""

FEWER_LINES = {"PREFECT_LOGGING_LOGGERS_PREFECT_TASK_RUNS_LEVEL": "WARNING"}
"""The graph shows that a task has finished; a line of the log for each says no more."""

EMBEDDED = {
    "PREFECT_UI_ENABLED": "0",
    "PREFECT__SERVER_EPHEMERAL": "1",  # no scheduler and no other loop that a single run does not need
    # No run of ours uses blocks; to see whether they have changed, Prefect would import Dask, if it is installed.
    "PREFECT_API_BLOCKS_REGISTER_ON_START": "0",
    "PREFECT_MEMOIZE_BLOCK_AUTO_REGISTRATION": "0",
    "PREFECT_LOGGING_LEVEL": "ERROR",
}
"""The server of a single run."""

STANDING = {
    "PREFECT__SERVER_FINAL": "1",
    "PREFECT_UI_API_URL": "/api",  # relative, so that the UI also works through a forwarded port
    "PREFECT_SERVER_UI_V2_ENABLED": "false",  # the newer UI asks an analytics host from the browser
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",  # older than 90 days
    "PREFECT_LOGGING_LEVEL": "WARNING",
}
"""The server of `onrecord up`: with UI, scheduler and automations."""


def quieten() -> None:
    """Switch analytics and noise off for this process and its children, unless the user has set it otherwise."""
    for name, value in {**QUIET_SETTINGS, **FEWER_LINES}.items():
        os.environ.setdefault(name, value)


@contextmanager
def prefect_api(meanwhile: Callable[[], object] | None = None) -> Iterator[str]:
    """The URL of the API for the time of the block: set for this process, and in the environment for its children.

    Args:
        meanwhile: called while an embedded server starts, which takes seconds.

    Raises:
        ServerStartError: no API is configured or up, and the embedded server did not come up.
    """
    quieten()
    with ExitStack() as stack:
        # The server first, Prefect after it: both take seconds to import, and there is more than one core.
        early = stack.enter_context(start_server(EMBEDDED)) if _nothing_hints_at_an_api() else None
        # Not at the top: quieten() must come before, and `onrecord --help` must not pay two seconds for it.
        from prefect.settings import PREFECT_API_URL  # noqa: PLC0415

        if known := PREFECT_API_URL.value() or standing_api():
            stack.close()
            with api_for_all(str(known)):
                yield str(known)
            return
        server = early or stack.enter_context(start_server(EMBEDDED))
        if meanwhile:
            meanwhile()
        server.wait()
        with api_for_all(server.url):
            yield server.url


def _nothing_hints_at_an_api() -> bool:
    """A guess before Prefect is imported and can tell: a wrong one costs a server that is started and ended."""
    known = "prefect.settings" in sys.modules  # then it can be asked instead
    return not (
        known or os.environ.get("PREFECT_API_URL") or (prefect_home() / "profiles.toml").exists() or standing_api()
    )


def prefect_home() -> Path:
    """Prefect's folder, found without importing Prefect."""
    return Path(os.environ.get("PREFECT_HOME") or "~/.prefect").expanduser()


@contextmanager
def api_for_all(url: str) -> Iterator[None]:
    """Use an API in this process and in those that it starts; what is still to be sent is sent at the end."""
    from prefect.settings import PREFECT_API_URL, temporary_settings  # noqa: PLC0415

    before = os.environ.get("PREFECT_API_URL")
    with temporary_settings({PREFECT_API_URL: url}):
        os.environ["PREFECT_API_URL"] = url
        try:
            yield
        finally:
            _send_what_is_queued()
            os.environ.pop("PREFECT_API_URL")
            if before is not None:
                os.environ["PREFECT_API_URL"] = before


def _send_what_is_queued() -> None:
    """Log lines and events are sent by threads of Prefect; what they still hold must arrive before the server ends."""
    from prefect.events.worker import EventsWorker  # noqa: PLC0415
    from prefect.logging.handlers import APILogWorker  # noqa: PLC0415

    for worker in (APILogWorker, EventsWorker):
        worker.drain_all(timeout=DRAIN_TIMEOUT_SECONDS)


class Server:
    """A server process that has been started."""

    def __init__(self, url: str, process: "subprocess.Popen[bytes]", output: IO[str]) -> None:
        self.url = url
        self.process = process
        self._output = output

    def wait(self) -> None:
        """Return when it answers.

        Raises:
            ServerStartError: it ended, or does not answer in time.
        """
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            if answers(self.url):
                return
            time.sleep(0.05)
        raise ServerStartError(START_TIMEOUT_SECONDS, self.said(), self.process.poll())

    def said(self) -> str:
        """What it has printed."""
        self._output.seek(0)
        return self._output.read()


@contextmanager
def start_server(settings: Mapping[str, str], port: int = 0, log: Path | None = None) -> Iterator[Server]:
    """Start a server that lives for the time of the block, and no longer than this process.

    Args:
        settings: environment variables for it, such as :data:`EMBEDDED`.
        port: on the loopback interface; 0 takes a free one.
        log: file for what it prints; by default only kept until it ends.

    Raises:
        PortTakenError: somebody else listens there.
    """
    # The parent binds the port, so that no other process can take it before the server listens.
    with socket.socket() as listener, _output(log) as output:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError as error:
            raise PortTakenError(port) from error
        process = subprocess.Popen(
            [sys.executable, "-m", "flows.embedded_server", str(listener.fileno())],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            pass_fds=[listener.fileno()],
            env={**os.environ, **settings},
            start_new_session=True,  # Ctrl-C is for the run, which still needs the server to report its end
        )
        try:
            yield Server(f"http://127.0.0.1:{listener.getsockname()[1]}/api", process, output)
        finally:
            end(process)


def _output(log: Path | None) -> IO[str]:
    if log is None:
        return tempfile.TemporaryFile("w+")
    log.parent.mkdir(parents=True, exist_ok=True)
    return log.open("w+", encoding="utf-8")


def end(process: "subprocess.Popen[bytes]", seconds: float = 10.0) -> None:
    """Ask a process to end, then make it."""
    process.terminate()
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def answers(url: str, timeout: float = 5.0) -> bool:
    """Whether a Prefect API is healthy."""
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=timeout) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


@contextmanager
def announced(url: str) -> Iterator[None]:
    """Let commands of the same user and Prefect home find the server of `onrecord up` for the time of the block."""
    note = _note()
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text(json.dumps({"api": url, "pid": os.getpid()}), encoding="utf-8")
    try:
        yield
    finally:
        note.unlink(missing_ok=True)


def standing_api() -> str | None:
    """The API of an `onrecord up` that runs now; a note left by one that was killed is not believed."""
    try:
        url = json.loads(_note().read_text(encoding="utf-8"))["api"]
    except (OSError, ValueError, KeyError):
        return None
    return str(url) if answers(url, timeout=2.0) else None


def _note() -> Path:
    return prefect_home() / "onrecord-up.json"
