"""The flow that annotates stored documents anew: after a new model, or a new version of the rules."""

from collections import Counter
from itertools import islice
from typing import Any

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture, as_completed
from prefect.task_runners import ThreadPoolTaskRunner
from prefect.utilities.annotations import quote
from pydantic import BaseModel, ConfigDict

from flows.options import IngestOptions
from flows.pool import Engine, engine_for
from flows.reannotation import (
    ReannotateOptions,
    ReannotatePlan,
    ReannotateSpec,
    batch_id,
    make_plan,
    recipe,
    run_reannotation,
)
from flows.run import Run
from flows.runners import retry_may_help
from flows.spec import BatchResult
from flows.tasks import QUEUED_BATCHES
from warehouse.commit import CommitResult, commit
from warehouse.staging import StagingArea

THREADS: Any = ThreadPoolTaskRunner(max_workers=64)  # they only wait for pool processes


class ReannotateReport(BaseModel):
    """The figures of one finished run."""

    model_config = ConfigDict(frozen=True)

    run_id: str
    data: str
    model: str
    snapshot: int | None
    documents_stale: int
    documents_annotated: int
    recovered_batches: int
    counts: dict[str, int]
    seconds: dict[str, float]
    words_per_second: float
    warnings: dict[str, int]


DEFAULTS = ReannotateOptions()


@flow(name="reannotate", flow_run_name="reannotate {data}", task_runner=THREADS)
def reannotate(data: str = "data", options: ReannotateOptions = DEFAULTS) -> ReannotateReport:
    """Annotate stored documents anew where another model or an older version of the rules made their rows.

    Texts, dates and identities stay. A run that is killed loses at most the batches in flight; the next one goes on.

    Args:
        data: Folder of the warehouse.
        options: Model, workers, and which documents.
    """
    ingest_options = IngestOptions(model=options.model, workers=options.workers, batch_articles=options.batch_articles)
    with Run.begin([], data, ingest_options) as run:
        plan = find_stale(run, options)
        results = annotate_stale(run, plan, options)
        committed = commit_annotations(run, plan, results)
        return _report(run, plan, results, committed)


@task(name="find stale documents", cache_policy=NO_CACHE)
def find_stale(run: Run, options: ReannotateOptions) -> ReannotatePlan:
    """List the documents that are out of date, and what a killed run left staged."""
    with run.stage("discover"):
        StagingArea(run.root, to_write=True)
        plan = make_plan(run.root, options)
    run.rename(f"reannotate {run.folder} · {len(plan.stale):,} documents")
    run.listener.planned(len(plan.pending), 0)
    run.logger.info(
        "%d documents are out of date; %d batches found finished from an earlier run.",
        len(plan.stale),
        len(plan.recovered),
    )
    return plan


def annotate_stale(run: Run, plan: ReannotatePlan, options: ReannotateOptions) -> list[BatchResult]:
    """Work through the documents, one task run a batch, with few of them in flight at a time."""
    if not plan.pending:
        return []
    made_by = recipe(plan.facts)
    with run.stage("annotate"), engine_for(len(plan.pending), options.workers) as engine:
        specs = iter(
            [
                ReannotateSpec(batch_id(documents, made_by), documents, run.root, options.model, run.run_id, made_by)
                for documents in plan.batches(options.batch_articles)
            ]
        )
        flying: list[PrefectFuture[BatchResult]] = []
        results: list[BatchResult] = []
        while True:
            for spec in islice(specs, engine.workers + QUEUED_BATCHES - len(flying)):
                opaque: Any = quote(spec)  # else Prefect searches each of its documents for futures
                flying.append(reannotate_batch.submit(engine, opaque))
            if not flying:
                break
            future = next(as_completed(flying))
            flying.remove(future)
            results.append(future.result())
            run.listener.advanced(results[-1].documents)
    run.figures["words"] = sum(result.words for result in results)
    return results


@task(
    name="reannotate batch",
    retries=2,
    retry_delay_seconds=[1, 5],
    retry_condition_fn=retry_may_help,
    cache_policy=NO_CACHE,
)
def reannotate_batch(engine: Engine, spec: ReannotateSpec) -> BatchResult:
    """Annotate and stage the documents of one batch."""
    return engine.run(run_reannotation, spec)


@task(
    name="commit annotations",
    retries=2,
    retry_delay_seconds=[2, 10],
    retry_condition_fn=retry_may_help,
    cache_policy=NO_CACHE,
)
def commit_annotations(run: Run, plan: ReannotatePlan, results: list[BatchResult]) -> CommitResult:
    """Make all new rows visible at once, as one snapshot; without any no snapshot is made."""
    with run.stage("commit"):
        area = StagingArea(run.root)
        names = {result.batch_id for result in results}
        batches = [*plan.recovered, *(batch for batch in area.finished() if batch.batch_id in names)]
        committed = commit(run.root, batches, run.run_id)
        area.discard(batches)
    run.snapshot = committed.snapshot
    run.figures.update(
        documents_replaced=committed.documents_annotated,
        entities_added=committed.entities_added,
        quotes_added=committed.quotes_added,
        bytes_written=committed.bytes_written,
    )
    return committed


def _report(run: Run, plan: ReannotatePlan, results: list[BatchResult], committed: CommitResult) -> ReannotateReport:
    warnings: Counter[str] = Counter()
    for result in results:
        warnings += result.warnings
    report = ReannotateReport(
        run_id=run.run_id,
        data=run.root,
        model=plan.facts.label,
        snapshot=committed.snapshot,
        documents_stale=len(plan.stale),
        documents_annotated=committed.documents_annotated,
        recovered_batches=len(plan.recovered),
        counts=dict(run.figures),
        seconds={name: round(value, 2) for name, value in run.seconds.items()},
        words_per_second=round(run.words_per_second, 1),
        warnings=dict(warnings),
    )
    create_markdown_artifact(
        f"# reannotate\n\n{report.documents_annotated:,} of {report.documents_stale:,} documents annotated by "
        f"{report.model}.",
        key="reannotate-summary",
        description="reannotate",
    )
    return report
