"""The steps of ``ingest``: each one task run in the UI, or for the annotation one a batch."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from uuid import UUID

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture, as_completed

import warehouse
from flows import story
from flows.batch import facts_of
from flows.boilerplate import learn_boilerplate
from flows.errors import BatchesLostError, WorkerLostError
from flows.outlook import record_the_dead, usable
from flows.plan import Plan, make_plan
from flows.progress import Progress
from flows.recipe import batch_size, known_boilerplate, limits_of, normalise_of, recipe_of
from flows.run import Run
from flows.runners import Runner, retry_may_help, runner_for
from flows.spec import BatchResult, BatchSpec, batch_id
from flows.unit import Unit, reject_row, source_row
from warehouse.commit import CommitResult, commit
from warehouse.ledger import Ledger, SourceStatus, source_parts
from warehouse.leftovers import useless
from warehouse.staging import StagedBatch, StagingArea
from warehouse.tables import to_arrow
from warehouse.under_way import announce

QUEUED_BATCHES = 1
"""Batches that wait beside those being worked on: enough to keep workers busy, few enough for any input size."""

LOSSES_BORNE = 3
"""Batches that may be lost before the run gives up: more say that the machine is at fault, not the articles."""


@task(name="discover", task_run_name="discover {run.label}", cache_policy=NO_CACHE)
def discover_sources(run: Run) -> Plan:
    """List the landing files and compare them with the ledger and with what a killed run left staged."""
    with run.stage("discover"):
        area = StagingArea(run.root, to_write=True)
        plan = make_plan(
            run.sources,
            _ledger(run),
            [],
            limits_of(run.options),
            batch_size(run.options),
            reread=run.options.reread,
        )
        if learn_boilerplate(spec_of(run, ()), plan):
            run.boilerplate = known_boilerplate(run.root)
        recipe = recipe_of(run.options, run.boilerplate)
        plan.take_recovered([batch for batch in area.finished() if batch.facts.get("recipe") == recipe])
    run.figures.update(
        files_found=plan.files_found, files_unchanged=plan.files_unchanged, files_skipped=sum(plan.skipped.values())
    )
    run.rename(f"ingest {run.label} · {story.counted(plan.files_found, 'file')}")
    run.listener.planned(plan.records, plan.files_unchanged)
    for line in story.plan_told(plan):
        run.logger.info(line)
    return plan


def _ledger(run: Run) -> Ledger:
    """What earlier runs read; with the option to retry, without the sources of rejects."""
    ledger = Ledger.load(run.root)
    if not run.options.retry_rejects:
        return ledger
    rejects = warehouse.open(run.root).rejects(reason=run.options.retry_reason)
    members = (member if isinstance(member, str) else None for member in rejects["source_member"])
    return ledger.reopened(zip(rejects["source_path"], members, strict=True))


@contextmanager
def under_way(run: Run) -> Iterator[None]:
    """Note that the run is under way, for ``onrecord status``, and give those that were killed their rows."""
    for dead in record_the_dead(run.root) if Path(run.root).is_dir() else ():
        run.logger.warning("An earlier run (%s) was killed; what it had finished is kept.", dead.run_id)
    with announce(run.root, run.run_id, run.started_at, tuple(run.sources), run.options.model):
        yield


def annotate_batches(run: Run, plan: Plan) -> list[BatchResult]:
    """Work through the plan, one task run a batch, with few of them in flight at a time.

    Raises:
        WorkerLostError: when more than a few batches could not be finished. A few are left for the end of the run:
            see :func:`raise_if_lost`.
    """
    if not plan.pending:
        run.count([], len(plan.refused))
        return []
    with run.stage("annotate"), runner_for(run.options, plan.records) as runner:
        size, workers = batch_size(run.options), runner.workers
        count = plan.count_batches(size, workers)
        run.logger.info("%s on %s.", story.counted(count, "batch", "batches"), story.counted(workers, "worker"))
        specs = (spec_of(run, units) for units in plan.batches(size, workers))
        results = list(_in_flight(run, runner, specs, count, plan))
    run.count(results, len(plan.refused))
    return results


def raise_if_lost(plan: Plan) -> None:
    """End the run as failed when batches were lost, now that everything else is committed.

    Raises:
        BatchesLostError: their records are still to be read.
    """
    if plan.lost:
        raise BatchesLostError(plan.lost)


def _in_flight(run: Run, runner: Runner, specs: Iterator[BatchSpec], count: int, plan: Plan) -> Iterator[BatchResult]:
    """Begin a batch for each that ends: neither the queue nor the list of what is to do grows with the input."""
    progress = Progress(run.label, plan.records)
    numbered = enumerate(specs, 1)
    flying: list[PrefectFuture[BatchResult]] = []
    names: dict[UUID, str] = {}
    while True:
        for number, spec in islice(numbered, max(1 - len(flying), runner.workers + QUEUED_BATCHES - len(flying), 0)):
            name = f"batch {number} of {count}: {story.units_told(spec.units)}"
            flying.append(runner.submit(spec, name, after=plan))
            names[flying[-1].task_run_id] = name
        if not flying:
            progress.finish()
            return
        future = next(as_completed(flying))
        flying.remove(future)
        name = names.pop(future.task_run_id)
        try:
            result = runner.result(future)
        except WorkerLostError as loss:
            run.logger.error("%s", loss)
            plan.lost.append(loss)
            if len(plan.lost) > LOSSES_BORNE:
                raise
            continue
        progress.advance(result)
        run.listener.advanced(result.records)
        run.logger.info("%s%s. It gave %s; %s.", name[0].upper(), name[1:], story.batch_told(result), progress)
        yield result


@task(
    name="commit",
    task_run_name="commit to {run.folder}",
    retries=2,
    retry_delay_seconds=[2, 10],
    retry_condition_fn=retry_may_help,
    cache_policy=NO_CACHE,
)
def commit_batches(run: Run, plan: Plan, results: list[BatchResult]) -> CommitResult:
    """Make everything staged visible at once, as one snapshot; without news no snapshot is made."""
    with run.stage("commit"):
        area = StagingArea(run.root)
        names = {result.batch_id for result in results}
        batches = [*plan.recovered, *(batch for batch in area.finished() if batch.batch_id in names)]
        if plan.archives or plan.refused:
            batches.append(_stage_plan(run, plan, area))
        committed = commit(run.root, batches, run.run_id)
        area.discard(batches)
        _sweep(run, area)
    run.snapshot = committed.snapshot
    run.logger.info(story.commit_told(committed))
    run.figures.update(
        documents_added=committed.documents_added,
        documents_replaced=committed.documents_replaced,
        documents_removed=committed.documents_removed,
        documents_unchanged=committed.documents_unchanged,
        entities_added=committed.entities_added,
        quotes_added=committed.quotes_added,
        rejects_added=committed.rejects_added,
        bytes_written=committed.bytes_written,
    )
    return committed


def _sweep(run: Run, area: StagingArea) -> None:
    """Delete the staged batches that no run can use any more, once they are old."""
    seconds = run.options.keep_staged_days * 86_400
    left = useless(area.finished(), Ledger.load(run.root), seconds, usable)
    if left:
        area.discard(left)
        run.logger.info("Swept %d staged batches that no run can use.", len(left))


def _stage_plan(run: Run, plan: Plan, area: StagingArea) -> StagedBatch:
    """The ledger rows that no batch has: of archives as a whole, and of what could not be opened."""
    ledger_row = partial(source_row, run_id=run.run_id, listed_at=run.started_at)
    sources = [ledger_row(item.unit, (), 1) for item in plan.refused if _has_own_row(item.unit, plan)]
    sources += [
        ledger_row(item.unit, (), 0, status=SourceStatus.ARCHIVE, members=tuple(item.member_names))
        for item in plan.archives
    ]
    rejects = [reject_row(item.unit, item.reject, run.run_id) for item in plan.refused]
    tables = {"sources": source_parts(sources), "rejects": to_arrow("rejects", rejects)}
    units = [*(archive.unit for archive in plan.archives), *(item.unit for item in plan.refused)]
    recipe = recipe_of(run.options, run.boilerplate)
    return area.write(batch_id(units, f"plan {recipe}"), tables, facts_of(recipe, 0))


def _has_own_row(unit: Unit, plan: Plan) -> bool:
    """A refused member that has no name of its own is told in the row of its archive."""
    return unit.member is not None or all(archive.unit.file.path != unit.file.path for archive in plan.archives)


def spec_of(run: Run, units: tuple[Unit, ...]) -> BatchSpec:
    """All that a worker must know to do a batch."""
    recipe = recipe_of(run.options, run.boilerplate)
    return BatchSpec(
        batch_id=batch_id(units, recipe),
        units=units,
        root=str(Path(run.root).absolute()),
        model=run.options.model,
        run_id=run.run_id,
        ingested_at=run.started_at,
        recipe=recipe,
        limits=limits_of(run.options),
        normalise=normalise_of(run.options, run.boilerplate),
        record_seconds=run.options.record_seconds,
        engine=run.options.engine,
    )
