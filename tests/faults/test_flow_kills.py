"""Kills of everything that takes part in a run: after the next run nothing is lost, nothing doubled, little redone.

Each kill is a line of the table that is printed: what was killed, with which signal, how many batches were staged then,
how many of those begun were not (they are redone), and what the tables held after the next run that was let to its end.
"""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psutil
import pytest

from flows.outlook import outlook
from tests.e2e.onrecord import Shell, eventually, table
from tests.faults.cluster import Background, Cluster, Server, background, command, family
from tests.flows.landing import write_lines
from warehouse.staging import StagingArea
from warehouse.under_way import runs_under_way

pytestmark = [pytest.mark.faults, pytest.mark.e2e, pytest.mark.timeout(1800)]

ARTICLES = 120
BATCH_ARTICLES = 5
BATCHES = ARTICLES // BATCH_ARTICLES
WORKERS = 2
IN_FLIGHT = WORKERS + 1
OPTIONS = ("--batch-articles", BATCH_ARTICLES, "--workers", WORKERS)
CHANCE = random.Random(2026)


@dataclass
class Place:
    """Where all of it happens."""

    shell: Shell
    server: Server
    here: Background
    folder: Path
    feed: Path

    def warehouse(self, name: str) -> Path:
        return self.folder / name / "data"

    def begin(self, data: Path, *more: object) -> "subprocess.Popen[str]":
        return self.shell.start("ingest", self.feed, "--data", data, *OPTIONS, *more, "--json")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("flow-kills")
    plain = Shell(folder / "prefect")
    with background(plain, folder / "log.txt") as here:
        server = Server(here)
        shell = Shell(folder / "prefect", server.api, plain.mark)
        yield Place(shell, server, here, folder, write_lines(folder / "feed.jsonl", range(ARTICLES), 10))
        for process in shell.processes():
            process.kill()


class Tally:
    """The table."""

    def __init__(self) -> None:
        self.kills = 0

    def tell(self, what: str, how: str, staged: int, redone: str, outcome: str) -> None:
        self.kills += 1
        print(
            f"{self.kills:>3}  {what:14} {how:8}  staged {staged:>2}/{BATCHES}  redone {redone}  {outcome}", flush=True
        )


@pytest.fixture(scope="module")
def tally(request: pytest.FixtureRequest) -> Iterator[Tally]:
    kept = Tally()
    print()
    yield kept
    print(f"{kept.kills} kills; lost 0, doubled 0.", flush=True)
    mine = {item.originalname for item in request.session.items if item.path == request.path}  # type: ignore[attr-defined]
    if mine >= {"test_the_flow", "test_pool_processes", "test_the_server", "test_the_worker", "test_dask_workers"}:
        assert kept.kills >= 50


def staged(data: Path) -> int:
    return len(list((data / "staging").glob("[!.]*/batch.json")))


def wait_for_staged(process: "subprocess.Popen[str]", data: Path, count: int) -> bool:
    """Whether so many batches were staged before the run ended."""
    eventually(lambda: staged(data) >= count or process.poll() is not None, 200)
    return process.poll() is None


def begun_batches(run_id: str, api: str) -> int:
    """Batches of a run that Prefect saw begin, ended or not."""
    flow = {"flow_runs": {"id": {"any_": [str(UUID(run_id))]}}, "task_runs": {"name": {"like_": "batch "}}}
    runs = httpx.post(f"{api}/task_runs/filter", json=flow, timeout=30).json()
    return sum(run["state_type"] != "PENDING" for run in runs if run["name"].startswith("batch "))


def assert_whole(data: Path) -> str:
    """Every article once, with all that hangs on it; nothing left over."""
    documents = table(data, "documents")
    assert sorted(documents["source_record"]) == list(range(ARTICLES)), "lost or doubled"
    assert documents["document_id"].is_unique
    for name, column in (("entities", "entity_count"), ("quotes", "quote_count")):
        rows = table(data, name).groupby("document_id").size()
        expected = documents.set_index("document_id")[column]
        assert rows.reindex(expected.index, fill_value=0).to_dict() == expected.to_dict()
    assert StagingArea(data).finished() == []
    assert runs_under_way(data) == []
    assert table(data, "rejects").empty
    return f"{len(documents)} documents, 0 lost, 0 doubled"


def finish(place: Place, data: Path, staged_before: int) -> str:
    """The next run: it must not read what was staged when something was killed. Returns what it still had to read."""
    report = report_of(place.begin(data))
    read = report["counts"].get("records_read", 0) // BATCH_ARTICLES
    assert read <= BATCHES - staged_before
    return f"next run read {read}"


def report_of(process: "subprocess.Popen[str]") -> dict[str, Any]:
    """Of a run that must end well."""
    out, err = process.communicate(timeout=400)
    assert process.returncode == 0, err
    report: dict[str, Any] = json.loads(out)
    return report


def attempts_again(run_id: str, api: str) -> int:
    """How often a run said that it begins a batch again."""
    logs = {"logs": {"flow_run_id": {"any_": [run_id]}, "level": {"ge_": 30}}, "limit": 200}
    lines = httpx.post(f"{api}/logs/filter", json=logs, timeout=30).json()
    return sum("Trying again" in line["message"] for line in lines)


DEPLOY = """
from prefect.flows import EntrypointType
from flows.ingest import ingest

deployment = ingest.to_deployment("kills", work_pool_name="kills", entrypoint_type=EntrypointType.MODULE_PATH)
deployment.apply()
"""

CHAINS = [
    ("sigkill-1", [signal.SIGKILL] * 5),
    ("sigkill-2", [signal.SIGKILL] * 5),
    ("sigterm", [signal.SIGTERM, signal.SIGTERM, signal.SIGINT, signal.SIGTERM]),
]


@pytest.mark.parametrize(("name", "signals"), CHAINS)
def test_the_flow(place: Place, tally: Tally, name: str, signals: list[signal.Signals]) -> None:
    """One run after the other is killed, each a little further on; the last is let to its end."""
    data = place.warehouse(name)
    before = 0
    for number in signals:
        process = place.begin(data)
        if not wait_for_staged(process, data, before + 1 + CHANCE.randrange(3)):
            break
        time.sleep(CHANCE.random() * 0.4)
        runs = runs_under_way(data)
        os.kill(process.pid, number)
        process.communicate(timeout=60)
        assert eventually(lambda: pool_processes(place) == [], 30), "pool processes outlived their run"
        if committed(data):  # it was quicker than the signal, on a busy machine
            break
        after = staged(data)
        begun = begun_batches(runs[-1].run_id, place.server.api) if runs else 0
        redone = max(0, begun - (after - before))
        assert redone <= IN_FLIGHT
        assert after >= before, "what was staged stays"
        died = outlook(str(data)).died
        assert len(died) == (number is signal.SIGKILL)
        tally.tell("flow", number.name, after, str(redone), "goes on")
        before = after
    assert before, "no run was killed"
    left = 0 if committed(data) else BATCHES - staged(data)
    report = report_of(place.begin(data))
    assert report["counts"].get("records_read", 0) == left * BATCH_ARTICLES, "only what was not staged is read"
    print(f"     {assert_whole(data)}", flush=True)


def committed(data: Path) -> bool:
    return (data / "current").exists()


def pool_processes(place: Place) -> list[int]:
    return [one.pid for one in place.shell.processes() if "flows.worker" in " ".join(_words(one))]


def _words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []


@pytest.mark.parametrize("name", ["pool-1", "pool-2", "pool-3"])
def test_pool_processes(place: Place, tally: Tally, name: str) -> None:
    """Several are killed in one run, which does their batches again and ends well."""
    data = place.warehouse(name)
    process = place.begin(data)
    killed = 0
    for target in range(1, BATCHES - 3, 3):
        if not wait_for_staged(process, data, target):
            break
        victims = pool_processes(place)
        if not victims:
            continue
        number = CHANCE.choice([signal.SIGKILL, signal.SIGSEGV])
        os.kill(CHANCE.choice(victims), number)
        killed += 1
        tally.tell("pool process", number.name, staged(data), "≤ 1", "run goes on")
        time.sleep(0.3)
    again = attempts_again(report_of(process)["run_id"], place.server.api)
    assert killed >= 3
    assert again <= killed, "a process holds one batch"
    print(f"     {again} batches were begun again; {assert_whole(data)}", flush=True)


@pytest.mark.parametrize("round_", range(4))
def test_the_server(place: Place, tally: Tally, round_: int) -> None:
    """Whether the run of that moment ends well or not, the next one brings all."""
    data = place.warehouse(f"server-{round_}")
    process = place.begin(data)
    assert wait_for_staged(process, data, 1 + 2 * round_), process.communicate()
    place.server.kill()
    before = staged(data)
    time.sleep(1.0)
    place.server.start()
    process.communicate(timeout=300)
    ended = "run ended well" if process.returncode == 0 else f"run ended with {process.returncode}"
    read = finish(place, data, before)
    tally.tell("server", "SIGKILL", before, "≤ 3", f"{ended}, {read}; {assert_whole(data)}")


@pytest.fixture(scope="module")
def deployment(place: Place) -> str:
    """The ingest flow on a process work pool of its own."""
    pool = (command("prefect"), "work-pool", "create", "kills", "--type", "process")
    for arguments in (pool, (sys.executable, "-c", DEPLOY)):
        done = subprocess.run(arguments, env=place.shell.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    return "ingest/kills"


def start_worker(place: Place) -> "subprocess.Popen[bytes]":
    words = ("worker", "start", "--pool", "kills", "--type", "process")
    return place.here.start(command("prefect"), *words, PREFECT_API_URL=place.server.api)


@pytest.mark.parametrize("round_", range(4))
def test_the_worker(place: Place, tally: Tally, deployment: str, round_: int) -> None:
    """With all that it started, or alone: its flow run then goes on, or ends when nobody reads its log any more."""
    data = place.warehouse(f"worker-{round_}")
    worker = start_worker(place)
    parameters = {
        "sources": [str(place.feed)],
        "data": str(data),
        "options": {"batch_articles": BATCH_ARTICLES, "workers": WORKERS},
    }
    run_deployment(place, deployment, parameters)
    assert eventually(lambda: staged(data) >= 1 + round_, 240), place.here.log.read_text()[-3000:]
    alone = round_ % 2 == 0
    victims = [worker.pid] if alone else [one.pid for one in family(worker.pid)]
    for pid in victims:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    worker.wait()
    before = staged(data)
    assert eventually(lambda: pool_processes(place) == [], 240 if alone else 30), "pool processes outlived their run"
    read = finish(place, data, before)
    tally.tell("worker" if alone else "worker and run", "SIGKILL", before, "≤ 3", f"{read}; {assert_whole(data)}")


def run_deployment(place: Place, name: str, parameters: dict[str, object]) -> None:
    done = subprocess.run(
        [command("prefect"), "deployment", "run", name, "--params", json.dumps(parameters)],
        env=place.shell.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def cluster(place: Place) -> Cluster:
    return Cluster(place.here, workers=2)


@pytest.mark.parametrize("name", ["dask-1", "dask-2"])
def test_dask_workers(place: Place, tally: Tally, cluster: Cluster, name: str) -> None:
    """Several are killed in one run; Dask gives their batches to others."""
    data = place.warehouse(name)
    process = place.begin(data, "--runner", "dask", "--dask-address", cluster.address)
    killed = 0
    for target in (1, 4, 7, 11, 15):
        if not wait_for_staged(process, data, target):
            break
        cluster.kill_one()
        killed += 1
        tally.tell("Dask worker", "SIGKILL", staged(data), "≤ 1", "run goes on")
    report_of(process)
    assert killed >= 3
    print(f"     {assert_whole(data)}", flush=True)
