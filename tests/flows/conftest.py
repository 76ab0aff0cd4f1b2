"""A warehouse of the seeds, made with the bodies of the tasks and without any server."""

from pathlib import Path

import pytest

from flows.batch import run_batch
from flows.options import IngestOptions
from flows.run import Run
from flows.tasks import commit_batches, discover_sources
from tests.flows.landing import spec_of

SEEDS = Path(__file__).parent.parent.parent / "seeds"


@pytest.fixture(scope="session")
def seeds_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Read-only."""
    root = tmp_path_factory.mktemp("seeds") / "data"
    with Run.begin([str(SEEDS)], str(root), IngestOptions()) as run:
        plan = discover_sources.fn(run)
        results = [run_batch(spec_of(root, [item.unit for item in plan.pending], run_id=run.run_id))]
        commit_batches.fn(run, plan, results)
    return root
