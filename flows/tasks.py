"""The steps of ``ingest``: each one task run in the UI, or for the annotation one a batch."""

from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture, as_completed
from prefect.utilities.annotations import quote

from flows import story
from flows.batch import BatchResult, BatchSpec, batch_id, run_batch
from flows.plan import BatchSize, Plan, make_plan
from flows.pool import Engine, engine_for
from flows.progress import Progress
from flows.run import Run
from flows.unit import Unit, reject_row, source_row
from transforms.normalise import NormaliseOptions
from transforms.read import ReadLimits
from transforms.version import PIPELINE_VERSION
from warehouse.commit import CommitResult, commit
from warehouse.ledger import Ledger, SourceStatus, source_parts
from warehouse.staging import StagedBatch, StagingArea
from warehouse.tables import to_arrow

MEGABYTE = 1024 * 1024

QUEUED_BATCHES = 1
"""Batches that wait beside those being worked on: enough to keep workers busy, few enough for any input size."""


def retry_may_help(_task: object, _run: object, state: Any) -> bool:
    """Prefect's retry condition: only errors that say so themselves."""
    return bool(getattr(state.result(raise_on_failure=False), "retryable", False))


@task(name="discover", task_run_name="discover {run.label}", cache_policy=NO_CACHE)
def discover_sources(run: Run) -> Plan:
    """List the landing files and compare them with the ledger and with what a killed run left staged."""
    with run.stage("discover"):
        finished = [batch for batch in StagingArea(run.root).finished() if batch.facts.get("recipe") == _recipe(run)]
        plan = make_plan(
            run.sources, Ledger.load(run.root), finished, _limits(run), _batch_size(run), reread=run.options.reread
        )
    run.figures.update(
        files_found=plan.files_found, files_unchanged=plan.files_unchanged, files_skipped=sum(plan.skipped.values())
    )
    run.rename(f"ingest {run.label} · {story.counted(plan.files_found, 'file')}")
    run.listener.planned(plan.records, plan.files_unchanged)
    for line in story.plan_told(plan):
        run.logger.info(line)
    return plan


def annotate_batches(run: Run, plan: Plan) -> list[BatchResult]:
    """Work through the plan, one task run a batch, with few of them in flight at a time."""
    if not plan.pending:
        run.count([], len(plan.refused))
        return []
    with run.stage("annotate"), engine_for(plan.records, run.options.workers) as engine:
        specs = _specs(run, plan.batches(_batch_size(run), engine.workers))
        workers = "in this process" if engine.workers == 1 else f"on {engine.workers} workers"
        run.logger.info("%s %s.", story.counted(len(specs), "batch", "batches"), workers)
        results = list(_in_flight(run, engine, specs, plan))
    run.count(results, len(plan.refused))
    return results


def _in_flight(run: Run, engine: Engine, specs: list[BatchSpec], plan: Plan) -> Iterator[BatchResult]:
    progress = Progress(run.label, plan.records)
    waiting = deque(enumerate(specs, 1))
    flying: dict[PrefectFuture[BatchResult], str] = {}
    while waiting or flying:
        while waiting and len(flying) < engine.workers + QUEUED_BATCHES:
            number, spec = waiting.popleft()
            name = f"batch {number} of {len(specs)}: {story.units_told(spec.units)}"
            opaque: Any = quote(spec)  # else Prefect searches each of its units for futures
            named = annotate_batch.with_options(task_run_name=name)
            after: Any = [plan]  # draws an arrow from it on the graph
            flying[named.submit(engine, opaque, wait_for=after, return_state=False)] = name
        future = next(as_completed(list(flying)))
        name = flying.pop(future)
        result = future.result()
        progress.advance(result)
        run.listener.advanced(result.records)
        run.logger.info("%s%s. It gave %s; %s.", name[0].upper(), name[1:], story.batch_told(result), progress)
        yield result
    progress.finish()


@task(
    name="annotate batch",
    retries=2,
    retry_delay_seconds=[1, 5],
    retry_condition_fn=retry_may_help,
    cache_policy=NO_CACHE,
)
def annotate_batch(engine: Engine, spec: BatchSpec) -> BatchResult:
    """Read, normalise, annotate and stage the articles of one batch."""
    return engine.run(run_batch, spec)


@task(
    name="commit",
    task_run_name="commit to {run.root}",
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
        committed = commit(run.root, batches, run.run_id, now=datetime.now(UTC))
        area.discard(batches)
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
    return area.write(batch_id(units, f"plan {_recipe(run)}"), tables, {"recipe": _recipe(run)})


def _has_own_row(unit: Unit, plan: Plan) -> bool:
    """A refused member that has no name of its own is told in the row of its archive."""
    return unit.member is not None or all(archive.unit.file.path != unit.file.path for archive in plan.archives)


def _specs(run: Run, batches: list[tuple[Unit, ...]]) -> list[BatchSpec]:
    recipe = _recipe(run)
    return [
        BatchSpec(
            batch_id=batch_id(units, recipe),
            units=units,
            root=run.root,
            model=run.options.model,
            run_id=run.run_id,
            ingested_at=run.started_at,
            recipe=recipe,
            limits=_limits(run),
            normalise=_normalise(run),
        )
        for units in batches
    ]


def _recipe(run: Run) -> str:
    """What, besides the bytes, decides how rows come out."""
    return repr((PIPELINE_VERSION, run.options.model, _limits(run), _normalise(run)))


def _limits(run: Run) -> ReadLimits:
    return ReadLimits(max_record_bytes=run.options.max_record_megabytes * MEGABYTE)


def _normalise(run: Run) -> NormaliseOptions:
    options = run.options
    return NormaliseOptions(options.day_first, options.future_days, options.default_zone)


def _batch_size(run: Run) -> BatchSize:
    return BatchSize(run.options.batch_articles, run.options.batch_megabytes * MEGABYTE)
