"""``onrecord up``: everything is there once, and nothing is left when it ends, however it ends."""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect import get_client
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows.deployments import declared
from flows.setup_server import POOL, automations
from tests.e2e.onrecord import COMMAND, Shell, eventually, table
from tests.e2e.up import Up, started
from tests.flows.landing import dated, write_text

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

ALL = ["ingest/backfill", "ingest/ingest", "maintain/maintain", "reannotate/reannotate"]


@pytest.fixture
def home(used_home: Path, tmp_path: Path) -> Path:
    shutil.copytree(used_home, tmp_path / "prefect")
    return tmp_path / "prefect"


@pytest.fixture
def up(home: Path, tmp_path: Path) -> Iterator[Up]:
    with started(Shell(home), tmp_path / "work", "--interval", "1h") as running:
        yield running


def what_is_set_up(api: str) -> tuple[list[str], list[str], list[str]]:
    with temporary_settings({PREFECT_API_URL: api}), get_client(sync_client=True) as client:
        flows = {flow.id: flow.name for flow in client.read_flows()}
        deployments = [f"{flows[item.flow_id]}/{item.name}" for item in client.read_deployments()]
        pools = [pool.name for pool in client.read_work_pools()]
        return sorted(deployments), pools, sorted(item.name for item in client.read_automations())


@pytest.mark.model
def test_from_start_to_ctrl_c(up: Up, tmp_path: Path) -> None:
    """One server for all of it: what is set up, a run of each kind, set up once more, the end."""
    expected = (ALL, [POOL], sorted(item.name for item in automations()))
    assert what_is_set_up(up.api) == expected
    with up.client() as client:
        for name in ALL:
            deployment = client.read_deployment_by_name(name)
            assert deployment.description, name
            assert "onrecord" in deployment.tags
            assert deployment.global_concurrency_limit is not None
            assert deployment.global_concurrency_limit.limit == 1
            assert deployment.parameters["data"] == str(up.data)
        strategy = client.read_deployment_by_name("ingest/ingest").concurrency_options
        assert strategy is not None
        assert strategy.collision_strategy == "CANCEL_NEW"

    write_text(up.landing / "a.txt", dated(1))
    assert up.run("ingest/ingest").state_name == "Completed", up.said()
    assert len(table(up.data, "documents")) == 1
    assert up.run("maintain/maintain").state_name == "Completed", up.said()

    again = subprocess.run(
        [str(COMMAND), "up", "--setup-only", "--interval", "1h"],
        cwd=up.folder,
        env={**up.shell.environment, "PREFECT_API_URL": up.api},
        capture_output=True,
        text=True,
        check=False,
    )
    assert again.returncode == 0, again.stderr
    assert what_is_set_up(up.api) == expected

    # Without PREFECT_API_URL: other commands of the same home find the server.
    write_text(up.landing / "b.txt", dated(2))
    report = up.shell.ingest(up.landing / "b.txt", "--data", up.data)
    assert report["counts"]["documents_added"] == 1
    with up.client() as client:
        assert str(client.read_flow_run(report["run_id"]).state_name) == "Completed"

    assert up.stop(signal.SIGINT) == 130
    gone = eventually(lambda: not up.shell.processes(), 5)
    assert gone, [survivor.cmdline() for survivor in up.shell.processes()]
    assert not (up.shell.prefect_home / "onrecord-up.json").exists()


def test_a_killed_up_takes_its_server_and_worker_with_it(up: Up) -> None:
    assert len(up.shell.processes()) >= 3
    os.kill(up.process.pid, signal.SIGKILL)
    up.process.wait()
    gone = eventually(lambda: not up.shell.processes(), 20)
    assert gone, [survivor.cmdline() for survivor in up.shell.processes()]
    (left,) = up.shell.prefect_home.glob("onrecord-up.json")
    assert left.exists(), "the note is still there, and must not be believed"
    assert not (up.data / "current").exists()


def test_a_port_that_is_taken_is_told(home: Path, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        shell = Shell(home)
        process = shell.start("up", "--port", taken.getsockname()[1], "--landing", tmp_path / "landing")
        _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "is taken" in err
    assert "Traceback" not in err
    assert shell.processes() == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--interval", "soon"], "neither an interval"),
        (["--interval", "61 * * * *"], "neither an interval"),
        (["--setup-only"], "Set PREFECT_API_URL"),
    ],
)
def test_wrong_use_is_told_in_a_sentence(home: Path, arguments: list[str], told: str) -> None:
    _, err = (process := Shell(home).start("up", *arguments)).communicate(timeout=60)
    assert process.returncode in {1, 2}
    assert told in err
    assert "Traceback" not in err


def test_the_declared_deployments_are_these() -> None:
    assert sorted(item.full_name for item in declared()) == ALL
