"""The automations that ``onrecord up --setup-only`` makes, seen to fire.

A run whose processes were killed, and a run that hangs between its worker and its process, both end as crashed: only
then does a deployment that allows one run at a time start the next.
"""

import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import UUID

import psutil
import pytest
from prefect import get_client
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.objects import FlowRun
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.states import Pending

from flows.setup_server import PENDING, POOL, SILENCE
from tests.e2e.onrecord import Shell, eventually
from tests.faults.cluster import Background, Server, background, command, family
from tests.flows.landing import dated, write_text
from warehouse.lock import write_lock

pytestmark = [pytest.mark.faults, pytest.mark.e2e, pytest.mark.timeout(1200)]

SECONDS_TO_NOTICE = 60
"""How late the server's look at what did not happen may come."""


@pytest.fixture
def here(tmp_path: Path, used_home: Path) -> Iterator[Background]:
    home = tmp_path / "prefect"
    shutil.copytree(used_home, home)
    with background(Shell(home), tmp_path / "log.txt") as processes:
        yield processes
        for process in processes.shell.processes():
            with suppress(psutil.NoSuchProcess):
                process.kill()


@contextmanager
def client_of(server: Server) -> Iterator[SyncPrefectClient]:
    with temporary_settings({PREFECT_API_URL: server.api}), get_client(sync_client=True) as client:
        yield client


def wait_for(server: Server, run_id: UUID, state: str, seconds: float) -> FlowRun:
    begun = time.monotonic()
    with client_of(server) as client:
        while (run := client.read_flow_run(run_id)).state_name != state:
            assert time.monotonic() - begun < seconds, (run.name, run.state)
            time.sleep(1)
    return run


def test_dead_runs_and_runs_that_never_begin_are_marked_as_crashed(here: Background, tmp_path: Path) -> None:
    server = Server(here)
    shell = Shell(here.shell.prefect_home, server.api, here.shell.mark)
    landing, data = tmp_path / "landing", tmp_path / "data"
    landing.mkdir()
    write_text(landing / "1.txt", dated(1))
    with shell.start("up", "--setup-only", "--data", data, "--landing", landing) as set_up:
        out, err = set_up.communicate(timeout=120)
    assert set_up.returncode == 0, out + err

    with client_of(server) as client:
        deployment = client.read_deployment_by_name("ingest/ingest")
        for schedule in deployment.schedules:  # nothing but the runs that the test asks for
            client.update_deployment_schedule(deployment.id, schedule.id, active=False)
        reannotate = client.read_deployment_by_name("reannotate/reannotate")

    worker = here.start(
        command("prefect"),
        *("worker", "start", "--pool", POOL),
        PREFECT_API_URL=server.api,
        PREFECT_FLOWS_HEARTBEAT_FREQUENCY="30",
    )
    data.mkdir(exist_ok=True)
    with write_lock(data / ".lock"):  # keeps the run alive for as long as the test needs
        with client_of(server) as client:
            dying = client.create_flow_run_from_deployment(deployment.id)
        wait_for(server, dying.id, "Running", 120)
        # Its first heartbeat comes within the interval; a run that was never heard of is the other automation's.
        time.sleep(40)
        victims = family(worker.pid)
        for victim in victims:
            with suppress(psutil.NoSuchProcess):
                victim.send_signal(signal.SIGKILL)
        worker.wait()
        assert eventually(lambda: not any(victim.is_running() for victim in victims), 30)
        with client_of(server) as client:
            hanging = client.create_flow_run_from_deployment(reannotate.id)
            client.set_flow_run_state(hanging.id, Pending(), force=True)
            assert client.read_flow_run(dying.id).state_name == "Running", "nobody is left to say that it is dead"
        pending_since = time.monotonic()

        dead = wait_for(server, dying.id, "Crashed", SILENCE.total_seconds() + SECONDS_TO_NOTICE)
    assert dead.state
    assert "No heartbeat" in str(dead.state.message)

    never = wait_for(server, hanging.id, "Crashed", PENDING.total_seconds() + SECONDS_TO_NOTICE)
    assert never.state
    assert "never began" in str(never.state.message)
    assert time.monotonic() - pending_since >= PENDING.total_seconds() - 1, "it was given its five minutes"

    # Its place is free: the next run of the deployment goes through and finds the file.
    here.start(command("prefect"), "worker", "start", "--pool", POOL, PREFECT_API_URL=server.api)
    with client_of(server) as client:
        after = client.create_flow_run_from_deployment(deployment.id)
    wait_for(server, after.id, "Completed", 180)
