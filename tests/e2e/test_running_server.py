"""A run against a server that is there already: what its page in the UI shows."""

import json
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import psutil
import pytest
from prefect import get_client
from prefect.client.schemas.filters import (
    ArtifactFilter,
    ArtifactFilterFlowRunId,
    FlowRunFilter,
    FlowRunFilterId,
)

from tests.e2e.onrecord import Shell, eventually, table
from tests.flows.landing import dated, write_text

pytestmark = pytest.mark.e2e


def test_a_run_with_a_bad_file_tells_all_on_its_page(shell: Shell, tmp_path: Path) -> None:
    landing = tmp_path / "landing"
    for number in range(3):
        write_text(landing / f"{number}.txt", dated(number))
    write_text(landing / "bad.json", '{"headline": "No body"')
    process = shell.start("ingest", landing, "--data", tmp_path / "data", "--json", "--strict", "--batch-articles", 2)
    servers: set[str] = set()

    def ended() -> bool:
        with suppress(psutil.NoSuchProcess):  # it, or one that it started, has just ended
            servers.update(" ".join(one.cmdline()) for one in shell.processes() if one.ppid() == process.pid)
            servers.discard(" ".join(psutil.Process(process.pid).cmdline()))  # a child that is still its parent's copy
        return process.poll() is not None

    assert eventually(ended, 120)
    out, err = process.communicate()
    assert len(servers) == 1, "no server was called for, and a single process works on so little"
    assert "flows.worker" in servers.pop()

    assert process.returncode == 3, err
    assert err.strip().endswith("Error: 1 records were rejected.")
    report = json.loads(out)
    assert report["rejects"] == {"bad_json": 1}
    (reject,) = table(tmp_path / "data", "rejects").to_dict("records")
    assert reject["source_path"] == str(landing.resolve() / "bad.json")

    run_id = UUID(report["run_id"])
    of_run = FlowRunFilter(id=FlowRunFilterId(any_=[run_id]))
    with get_client(sync_client=True) as client:
        run = client.read_flow_run(run_id)
        task_runs = client.read_task_runs(flow_run_filter=of_run)
        artifacts = client.read_artifacts(
            artifact_filter=ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[run_id]))
        )
    assert run.name == "ingest landing · 4 files"
    assert sorted(task.name for task in task_runs) == [
        "batch 1 of 2: 2 files from 0.txt",
        "batch 2 of 2: 2 files from 2.txt",
        "commit to data",
        "discover landing",
    ]
    assert all(task.state is not None and task.state.is_completed() for task in task_runs)
    by_key = {artifact.key: artifact for artifact in artifacts}
    assert set(by_key) == {"progress", "run-summary", "quality", "rejects"}
    (row,) = json.loads(str(by_key["rejects"].data))
    assert (row["reason"], row["source_path"]) == ("bad_json", reject["source_path"])


def test_a_run_that_fails_says_so_on_its_page_and_in_its_row(shell: Shell, tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", dated(1))
    data = tmp_path / "data"
    process = shell.start("ingest", tmp_path / "a.txt", "--data", data, "--model", "xx_no_such_model")
    _, err = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "Traceback" not in err
    assert "xx_no_such_model" in err
    (row,) = table(data, "runs").to_dict("records")
    assert row["state"] == "failed"
    assert row["message"].startswith("ModelNotInstalledError")
    with get_client(sync_client=True) as client:
        state = client.read_flow_run(UUID(row["run_id"])).state
    assert state is not None
    assert state.is_failed()
