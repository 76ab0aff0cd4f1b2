"""The plain commands of ``docs/operations.md``, as written there, against a server that has nothing yet."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from prefect import get_client
from prefect.states import Failed

from flows.deployments import DECLARED, declared
from flows.setup_server import POOL, RUNS_AT_ONCE
from tests.e2e.onrecord import Shell

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]

GUIDE = (Path(__file__).parent.parent.parent / "docs" / "operations.md").read_text("utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As where the project lies: with its ``prefect.yaml``."""
    made = tmp_path_factory.mktemp("project")
    shutil.copy(DECLARED, made)
    return made


@pytest.fixture(scope="module")
def set_up(shell: Shell, folder: Path) -> None:
    run(shell, folder, "prefect work-pool create onrecord --type process")
    run(shell, folder, "prefect work-pool update onrecord --concurrency-limit 4")
    run(shell, folder, "prefect deploy --all")


def run(shell: Shell, folder: Path, command: str, **words: str) -> str:
    """What a command of the guide prints; capital words of it are filled in."""
    assert command in GUIDE, f"not in the guide: {command}"
    for word, value in words.items():
        command = command.replace(word, value)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        shlex.split(command),
        cwd=folder,
        env={**shell.environment, "PATH": path, "PWD": str(folder), "COLUMNS": "200"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.usefixtures("set_up")
def test_deploy_puts_everything_there() -> None:
    with get_client(sync_client=True) as client:
        assert client.read_work_pool(POOL).concurrency_limit == RUNS_AT_ONCE
        for wanted in declared():
            found = client.read_deployment_by_name(wanted.full_name)
            assert found.parameters == wanted.parameters
            assert found.entrypoint == wanted.entrypoint
            assert found.description
            assert found.work_pool_name == POOL
            assert len(found.schedules) == len(wanted.schedules)
            assert found.concurrency_options is not None
            assert found.concurrency_options.collision_strategy == wanted.concurrency_limit["collision_strategy"]


@pytest.mark.usefixtures("set_up")
def test_relative_folders_are_those_of_the_deployer(folder: Path) -> None:
    with get_client(sync_client=True) as client:
        (step,) = client.read_deployment_by_name("ingest/ingest").pull_steps or []
    assert step == {"prefect.deployments.steps.set_working_directory": {"directory": str(folder)}}


@pytest.mark.usefixtures("set_up")
def test_the_schedule_is_paused_and_resumed(shell: Shell, folder: Path) -> None:
    with get_client(sync_client=True) as client:
        (schedule,) = client.read_deployment_by_name("ingest/ingest").schedules
        assert str(schedule.id) in run(shell, folder, "prefect deployment schedule ls ingest/ingest")
        run(shell, folder, "prefect deployment schedule pause ingest/ingest ID", ID=str(schedule.id))
        assert not client.read_deployment_by_name("ingest/ingest").schedules[0].active
        run(shell, folder, "prefect deployment schedule resume ingest/ingest ID", ID=str(schedule.id))
        assert client.read_deployment_by_name("ingest/ingest").schedules[0].active
        run(shell, folder, "prefect work-pool pause onrecord")
        assert client.read_work_pool(POOL).is_paused
        run(shell, folder, "prefect work-pool resume onrecord")
        assert not client.read_work_pool(POOL).is_paused


@pytest.mark.usefixtures("set_up")
@pytest.mark.parametrize(
    ("command", "parameters"),
    [
        ("prefect deployment run ingest/ingest", {}),
        (
            "prefect deployment run ingest/backfill --param 'sources=[\"/archive/2024\"]'",
            {"sources": ["/archive/2024"]},
        ),
        (
            "prefect deployment run ingest/backfill --param "
            '\'sources=["/archive/2024-1[0-2]-*/*", "/archive/2025-01-*/*"]\'',
            {"sources": ["/archive/2024-1[0-2]-*/*", "/archive/2025-01-*/*"]},
        ),
        ("prefect deployment run reannotate/reannotate", {}),
        ("prefect deployment run maintain/maintain", {}),
    ],
)
def test_runs_are_asked_for(shell: Shell, folder: Path, command: str, parameters: dict[str, object]) -> None:
    run(shell, folder, command)
    with get_client(sync_client=True) as client:
        deployment = client.read_deployment_by_name(command.split()[3])
        runs = [item for item in client.read_flow_runs() if item.deployment_id == deployment.id]
    newest = max(runs, key=lambda item: str(item.created))
    assert newest.parameters == {**deployment.parameters, **parameters}


@pytest.mark.usefixtures("set_up")
def test_a_failed_run_is_looked_at_run_again_and_stopped(shell: Shell, folder: Path) -> None:
    with get_client(sync_client=True) as client:
        deployment = client.read_deployment_by_name("ingest/backfill")
        failed = client.create_flow_run_from_deployment(deployment.id)
        client.set_flow_run_state(failed.id, Failed(message="as a test"), force=True)
        assert failed.name[:10] in run(shell, folder, "prefect flow-run ls")
        run(shell, folder, "prefect flow-run logs ID", ID=str(failed.id))
        run(shell, folder, "prefect flow-run retry ID", ID=str(failed.id))
        again = client.read_flow_run(failed.id).state
        assert again is not None
        assert again.is_scheduled()
        run(shell, folder, "prefect flow-run cancel ID", ID=str(failed.id))
        stopped = client.read_flow_run(failed.id).state
        assert stopped is not None
        assert stopped.name in {"Cancelled", "Cancelling"}
