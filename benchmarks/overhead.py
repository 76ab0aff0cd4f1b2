"""What Prefect costs: a whole ``ingest`` against the same batches run by a plain loop on the same pool, in one run.

    python -m benchmarks.overhead [--articles 3452] [--rounds 3]

Both sides list, plan, annotate, stage and commit the same articles into a warehouse of their own; both use one pool
whose processes have loaded their models, and the flow an API server that is up. What is left is Prefect: flow and task
runs, states, logs, artifacts. Task runs are counted through the API. Texts come from ONRECORD_SHARED where it is
present, else from seeds/ repeated.
"""

import argparse
import shutil
import statistics
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from uuid import UUID

from benchmarks.annotation import texts
from flows.batch import run_batch
from flows.ingest import ingest
from flows.options import IngestOptions
from flows.plan import make_plan
from flows.pool import ProcessPool, usable_cores
from flows.recipe import batch_size, limits_of, normalise_of, recipe_of
from flows.server import prefect_api
from flows.spec import BatchResult, BatchSpec, batch_id
from warehouse.commit import commit
from warehouse.ledger import Ledger
from warehouse.staging import StagingArea

OPTIONS = IngestOptions()
LONG_AGO = 1_600_000_000
_number = count()


def make_landing(folder: Path, articles: int) -> int:
    """Files in the style of the seeds, each of other words than all others. Returns their words."""
    folder.mkdir()
    words = 0
    for number, text in enumerate(texts(articles)):
        (folder / f"{number:05}.txt").write_text(f"date 2025-02-03 Report {number}. {text}", encoding="utf-8")
        words += len(text.split())
    return words


def plain(landing: Path, root: Path, pool: ProcessPool) -> float:
    """Seconds of the loop."""
    begin = time.perf_counter()
    started_at = datetime.now(UTC)
    plan = make_plan([str(landing)], Ledger.load(root), [], limits_of(OPTIONS), batch_size(OPTIONS))
    recipe, run_id = recipe_of(OPTIONS), f"plain-{next(_number)}"
    specs = (
        BatchSpec(
            batch_id=batch_id(units, recipe),
            units=units,
            root=str(root),
            model=OPTIONS.model,
            run_id=run_id,
            ingested_at=started_at,
            recipe=recipe,
            limits=limits_of(OPTIONS),
            normalise=normalise_of(OPTIONS),
        )
        for units in plan.batches(batch_size(OPTIONS), pool.workers)
    )
    list(_loop(pool, specs))
    area = StagingArea(root)
    batches = area.finished()
    commit(root, batches, run_id)
    area.discard(batches)
    return time.perf_counter() - begin


def _loop(pool: ProcessPool, specs: Iterator[BatchSpec]) -> Iterator[BatchResult]:
    flying: deque[Future[BatchResult]] = deque()
    with ThreadPoolExecutor(pool.workers + 1) as threads:
        for spec in specs:
            flying.append(threads.submit(pool.run, run_batch, spec))
            if len(flying) > pool.workers:
                yield flying.popleft().result()
        while flying:
            yield flying.popleft().result()


def whole(landing: Path, root: Path) -> tuple[float, str]:
    """Seconds of the flow, and its run id."""
    begin = time.perf_counter()
    report = ingest([str(landing)], str(root), OPTIONS)
    return time.perf_counter() - begin, report.run_id


def task_runs(run_id: str) -> int:
    """How many the API knows of a run, once all have arrived."""
    from prefect import get_client
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId

    of_run = FlowRunFilter(id=FlowRunFilterId(any_=[UUID(run_id)]))
    seen = -1
    with get_client(sync_client=True) as client:
        while (now := len(client.read_task_runs(flow_run_filter=of_run, limit=200))) != seen:
            seen = now
            time.sleep(3)
    return seen


@contextmanager
def same_pool(pool: ProcessPool) -> Iterator[None]:
    """Let the flow use a pool that is there already, and leave it open."""
    from flows import runners

    class Kept(ProcessPool):
        def __new__(cls, *_: object) -> ProcessPool:  # type: ignore[misc]
            return _Open(pool)

    before, runners.ProcessPool = runners.ProcessPool, Kept  # type: ignore[misc]
    try:
        yield
    finally:
        runners.ProcessPool = before  # type: ignore[misc]


class _Open(ProcessPool):
    """A view of a pool that does not close it."""

    def __init__(self, pool: ProcessPool) -> None:
        self.__dict__ = pool.__dict__

    def __exit__(self, *_: object) -> None:
        return None


def main() -> None:
    """Print the seconds of both sides, their ratio and the task runs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=3452)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=usable_cores())
    arguments = parser.parse_args()
    top = Path(tempfile.mkdtemp(prefix="onrecord-overhead-"))
    try:
        words = make_landing(top / "landing", arguments.articles)
        make_landing(top / "few", 2 * arguments.workers)
        seconds: dict[str, list[float]] = {"plain loop": [], "ingest": []}
        with prefect_api(), ProcessPool(arguments.workers) as pool, same_pool(pool):
            plain(top / "few", top / "warm-1", pool)
            whole(top / "few", top / "warm-2")
            for number in range(arguments.rounds):
                seconds["plain loop"].append(plain(top / "landing", top / f"plain-{number}", pool))
                took, run_id = whole(top / "landing", top / f"flow-{number}")
                seconds["ingest"].append(took)
            runs = task_runs(run_id)
    finally:
        shutil.rmtree(top)
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    for name, value in medians.items():
        print(
            f"{name:10} {value:8.2f} s  {words / value:10,.0f} words/s  rounds: {[round(v, 1) for v in seconds[name]]}"
        )
    print(f"ingest takes {medians['ingest'] / medians['plain loop']:.3f} x the time of the plain loop")
    print(f"{runs} task runs for {arguments.articles} articles: {1000 * runs / arguments.articles:.1f} per 1,000")


if __name__ == "__main__":
    main()
