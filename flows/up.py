"""``onrecord up``: a server with its set-up, the deployments and a worker, all for as long as the command runs."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from flows import guard
from flows.errors import ChildEndedError, NoApiError
from flows.server import (
    DRAIN_TIMEOUT_SECONDS,
    STANDING,
    Server,
    announced,
    api_for_all,
    prefect_home,
    quieten,
    start_server,
)

WORKER_SETTINGS = {
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",  # what the automation for dead runs listens to
    "PREFECT_WORKER_QUERY_SECONDS": "5",
}
"""Environment of the worker, and so of the runs that it starts; see docs/operations.md."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What ``onrecord up`` was asked for."""

    landing: str
    data: str
    interval: str | None
    port: int


def set_up_only(wanted: Wanted, say: Say) -> None:
    """Set up the configured server, and leave it and its workers to their owner.

    Raises:
        NoApiError: none is configured.
    """
    quieten()
    from prefect.settings import PREFECT_API_URL  # noqa: PLC0415

    if not (url := PREFECT_API_URL.value()):
        raise NoApiError
    with api_for_all(str(url)):
        _set_up(wanted, say)


def up(wanted: Wanted, say: Say) -> None:
    """Run until SIGINT, SIGTERM or SIGHUP; then nothing is left running.

    Raises:
        KeyboardInterrupt: it was asked to stop.
        ChildEndedError: the server or the worker ended by itself.
        PortTakenError, ServerStartError: the server cannot start.
    """
    quieten()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # SIGINT too: a shell that starts a command with & has it ignored.
        signal.signal(number, signal.default_int_handler)
    Path(wanted.landing).mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        server = stack.enter_context(start_server(STANDING, wanted.port, prefect_home() / "onrecord-up.log"))
        import flows.setup_server  # noqa: F401, PLC0415  while the server starts

        server.wait()
        stack.enter_context(api_for_all(server.url))
        stack.enter_context(announced(server.url))
        _close_orphans(say)
        _set_up(wanted, say)
        worker = stack.enter_context(_worker())
        say(f"Prefect UI     {server.url.removesuffix('/api')}")
        say(f"Other commands export PREFECT_API_URL={server.url}")
        say("Ctrl-C stops all of it.")
        _watch(server, worker)


def _set_up(wanted: Wanted, say: Say) -> None:
    from prefect import get_client  # noqa: PLC0415

    from flows.deployments import apply, declared, placed  # noqa: PLC0415
    from flows.setup_server import set_up  # noqa: PLC0415

    with get_client(sync_client=True) as client:
        for line in set_up(client):
            say(line)
    for deployment in placed(declared(), wanted.landing, wanted.data, wanted.interval):
        apply(deployment)
        say(f"deployment {deployment.full_name}: {_in_words(deployment.schedules)}")


def _in_words(schedules: list[dict[str, object]]) -> str:
    words = [f"every {item['interval']} s" if "interval" in item else f"cron {item['cron']}" for item in schedules]
    return ", ".join(words) or "when asked"


def _close_orphans(say: Say) -> None:
    from flows.setup_server import close_orphans  # noqa: PLC0415

    if count := close_orphans():
        say(f"{count} runs of an earlier `onrecord up` that was killed are now marked as crashed.")


@contextmanager
def _worker() -> Iterator["subprocess.Popen[bytes]"]:
    """A worker and the runs that it starts; at the end all are asked to stop, while the server still hears of it."""
    from flows.setup_server import POOL  # noqa: PLC0415

    with guard.hold() as release:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "flows.guard",
                guard.LAST,
                "prefect",
                "worker",
                "start",
                "-p",
                POOL,
                "-t",
                "process",
            ],
            env={**os.environ, **{name: os.environ.get(name, value) for name, value in WORKER_SETTINGS.items()}},
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C comes to us; we pass on what is to be done
        )
        try:
            yield process
        finally:
            release()
            _reap(process)


def _reap(process: "subprocess.Popen[bytes]") -> None:
    """The guards have asked the worker and its runs to end; wait for them, with a margin to theirs."""
    try:
        process.wait(timeout=guard.GRACE_SECONDS + DRAIN_TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _watch(server: Server, worker: "subprocess.Popen[bytes]") -> None:
    while True:
        for name, process in (("server", server.process), ("worker", worker)):
            if (code := process.poll()) is not None:
                raise ChildEndedError(name, code, server.said() if name == "server" else "")
        time.sleep(0.5)
