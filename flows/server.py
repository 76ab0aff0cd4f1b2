"""Which Prefect API a run talks to: the one that is configured, else one embedded server for parent and children."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from flows.errors import ServerStartError

START_TIMEOUT_SECONDS = 120.0
"""Prefect's own 20 s was too short on a busy machine (measured; see docs/decisions)."""

DRAIN_TIMEOUT_SECONDS = 10.0

QUIET_SETTINGS = {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}
"""No run of ours reports to anybody unless the user says so."""

_SERVER_SETTINGS = {
    "PREFECT_UI_ENABLED": "0",
    "PREFECT__SERVER_EPHEMERAL": "1",  # no scheduler and no other loop that a single run does not need
    "PREFECT__SERVER_FINAL": "1",
    "PREFECT_LOGGING_LEVEL": "ERROR",
}


def quieten() -> None:
    """Switch analytics off for this process and its children, unless the user has set it otherwise."""
    for name, value in QUIET_SETTINGS.items():
        os.environ.setdefault(name, value)


@contextmanager
def prefect_api() -> Iterator[str]:
    """The URL of the API for the time of the block: set for this process, and in the environment for its children.

    Raises:
        ServerStartError: no API is configured and the embedded server did not come up.
    """
    quieten()
    # Imported here, not at the top: quieten() must come before, and `onrecord --help` must not pay two seconds for it.
    from prefect.settings import PREFECT_API_URL, temporary_settings  # noqa: PLC0415

    if configured := PREFECT_API_URL.value():
        yield configured
        return
    with _embedded_server() as url, temporary_settings({PREFECT_API_URL: url}):
        os.environ["PREFECT_API_URL"] = url
        try:
            yield url
        finally:
            _send_what_is_queued()
            del os.environ["PREFECT_API_URL"]


def _send_what_is_queued() -> None:
    """Log lines and events are sent by threads of Prefect; what they still hold must arrive before the server ends."""
    from prefect.events.worker import EventsWorker  # noqa: PLC0415
    from prefect.logging.handlers import APILogWorker  # noqa: PLC0415

    for worker in (APILogWorker, EventsWorker):
        worker.drain_all(timeout=DRAIN_TIMEOUT_SECONDS)


@contextmanager
def _embedded_server() -> Iterator[str]:
    # The parent binds the port, so that no other process can take it before the server listens.
    with socket.socket() as listener, tempfile.TemporaryFile("w+") as output:
        listener.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/api"
        process = subprocess.Popen(
            [sys.executable, "-m", "flows.embedded_server", str(listener.fileno())],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            pass_fds=[listener.fileno()],
            env={**os.environ, **_SERVER_SETTINGS},
            start_new_session=True,  # Ctrl-C is for the run, which still needs the server to report its end
        )
        try:
            if not _answers(url, process):
                output.seek(0)
                raise ServerStartError(START_TIMEOUT_SECONDS, output.read())
            yield url
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _answers(url: str, process: "subprocess.Popen[bytes]") -> bool:
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    return False
