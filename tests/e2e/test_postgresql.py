"""Two workers on a server whose database is PostgreSQL, by the plain commands of ``docs/operations.md``."""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect import get_client
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows.server import answers
from tests.e2e.onrecord import COMMAND, Shell, eventually, table
from tests.flows.landing import dated, write_text

BINARIES = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)
PREFECT = str(Path(sys.executable).parent / "prefect")
WORKERS = ("first", "second")
INTERVAL = 20

pytestmark = [
    pytest.mark.faults,
    pytest.mark.model,
    pytest.mark.timeout(900),
    pytest.mark.skipif(BINARIES is None, reason="no PostgreSQL found: apt-get install postgresql"),
]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture
def database() -> Iterator[str]:
    """A cluster on the loopback interface; PostgreSQL refuses to run as root."""
    assert BINARIES is not None
    folder = Path(tempfile.mkdtemp(prefix="onrecord-pg-"))
    user = "postgres" if os.getuid() == 0 else None
    if user:
        os.chown(folder, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
    port, data = free_port(), folder / "data"

    def call(program: str, *arguments: object) -> None:
        command = [str(BINARIES / program), *map(str, arguments)]
        subprocess.run(command, stdout=subprocess.DEVNULL, cwd=folder, user=user, check=True)

    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    call("initdb", "-D", data, "-U", "prefect", "-A", "trust")
    call("pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
    try:
        call("createdb", "-h", "127.0.0.1", "-p", port, "-U", "prefect", "prefect")
        yield f"postgresql+asyncpg://prefect@127.0.0.1:{port}/prefect"
    finally:
        call("pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder)


@pytest.fixture
def shell(database: str, tmp_path: Path) -> Iterator[Shell]:
    """A server and two workers."""
    port = free_port()
    shell = Shell(tmp_path / "prefect", f"http://127.0.0.1:{port}/api")
    environment = {**shell.environment, "PREFECT_SERVER_ANALYTICS_ENABLED": "false", "PYTHONUNBUFFERED": "1"}

    def begin(name: str, *command: str, **more: str) -> None:
        with (tmp_path / f"{name}.log").open("w") as log:
            subprocess.Popen(
                [PREFECT, *command],
                env={**environment, **more},
                cwd=tmp_path,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    try:
        begin("server", "server", "start", "--port", str(port), PREFECT_SERVER_DATABASE_CONNECTION_URL=database)
        assert eventually(lambda: answers(str(shell.api)), 120), (tmp_path / "server.log").read_text()
        setup = [str(COMMAND), "up", "--setup-only", "--interval", f"{INTERVAL}s"]
        subprocess.run(setup, env=environment, cwd=tmp_path, check=True, timeout=120)
        for name in WORKERS:
            begin(name, "worker", "start", "--pool", "onrecord", "--name", name, PREFECT_FLOWS_HEARTBEAT_FREQUENCY="30")
        yield shell
    finally:
        for process in shell.processes():
            process.kill()


def test_two_workers_share_the_runs_and_lose_nothing(shell: Shell, tmp_path: Path) -> None:
    landing, archive, data = tmp_path / "landing", tmp_path / "archive", tmp_path / "data"
    for number in range(3):
        write_text(landing / f"{number}.txt", dated(number))
        write_text(archive / f"{10 + number}.txt", dated(10 + number))
    with temporary_settings({PREFECT_API_URL: str(shell.api)}), get_client(sync_client=True) as client:
        backfill = client.read_deployment_by_name("ingest/backfill")

        def both_have_worked() -> bool:
            return all("submitting flow run" in (tmp_path / f"{name}.log").read_text() for name in WORKERS)

        def completed() -> int:
            return sum(run.state_name == "Completed" for run in client.read_flow_runs(limit=200))

        for _ in range(4):  # beside the scheduled ones, so that two are under way at once
            client.create_flow_run_from_deployment(backfill.id)
        assert eventually(lambda: both_have_worked() and completed() >= 5, 400), (tmp_path / "server.log").read_text()
        states = {run.state_name for run in client.read_flow_runs(limit=200)}
    assert "Failed" not in states
    assert "Crashed" not in states
    names = [Path(path).name for path in table(data, "documents")["source_path"]]
    assert sorted(names) == sorted(f"{number}.txt" for number in (0, 1, 2, 10, 11, 12))
