"""A run on a real Dask cluster, one of whose workers is killed in the middle."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.onrecord import Shell, eventually
from tests.e2e.test_kills import ARTICLES, BATCH_ARTICLES, assert_complete, feed
from tests.faults.cluster import Cluster, background

pytest.importorskip("prefect_dask")
pytestmark = pytest.mark.e2e
__all__ = ["feed"]


@pytest.fixture(scope="module")
def cluster(prefect_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("dask")
    with background(Shell(prefect_home), folder / "log.txt") as here:
        yield Cluster(here, workers=2)


def test_a_worker_that_is_killed_costs_nothing_but_its_batch(
    shell: Shell, cluster: Cluster, feed: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    options = ("--runner", "dask", "--dask-address", cluster.address, "--batch-articles", BATCH_ARTICLES)
    process = shell.start("ingest", feed, "--data", data, *options, "--json")
    assert eventually(lambda: len(list((data / "staging").glob("[!.]*/batch.json"))) >= 2, 150), process.communicate()
    cluster.kill_one()
    _, err = process.communicate(timeout=240)
    assert process.returncode == 0, err
    assert_complete(data)
    assert len(list((data / "snapshots").glob("0*"))) == 1, "only the flow commits, and it commits once"
    assert ARTICLES > 0


def test_a_scheduler_that_is_not_there_is_told(shell: Shell, feed: Path, tmp_path: Path) -> None:
    arguments = ("--runner", "dask", "--dask-address", "tcp://127.0.0.1:1", "--data", tmp_path / "data")
    process = shell.start("ingest", feed, *arguments)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "No Dask scheduler answers at tcp://127.0.0.1:1" in err
    assert "Traceback" not in err


def test_the_runner_needs_an_address(shell: Shell, feed: Path, tmp_path: Path) -> None:
    process = shell.start("ingest", feed, "--runner", "dask", "--data", tmp_path / "data")
    _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "needs the address of a scheduler" in err
