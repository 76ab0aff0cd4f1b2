"""The main flow: raw article files in, one new snapshot of the warehouse out."""

from typing import Any

from prefect import flow
from prefect.task_runners import ThreadPoolTaskRunner

from flows.options import IngestOptions
from flows.report import IngestReport, publish_report
from flows.run import Run, flow_run_name
from flows.tasks import annotate_batches, commit_batches, discover_sources, raise_if_lost, under_way

THREADS: Any = ThreadPoolTaskRunner(max_workers=64)  # they only wait for pool processes


DEFAULTS = IngestOptions()


@flow(name="ingest", flow_run_name=flow_run_name, task_runner=THREADS)
def ingest(sources: list[str], data: str = "data", options: IngestOptions = DEFAULTS) -> IngestReport:
    """Read raw article files and add their documents, entities and quotes to a warehouse.

    Unchanged files are not read twice, a corrected article replaces its rows, and a record that cannot become a
    document is a row of `rejects`. A run that is killed loses at most the batches in flight; the next one goes on.

    Args:
        sources: Folders, files, glob patterns or URLs (s3://, https://, …) of raw articles.
        data: Folder of the warehouse; it is made when it does not exist.
        options: Model, workers, batch sizes and the rules for dates.
    """
    with Run.begin(sources, data, options) as run:
        plan = discover_sources(run)
        with under_way(run):
            results = annotate_batches(run, plan)
            committed = commit_batches(run, plan, results)
            report = publish_report(run, plan, results, committed)
        raise_if_lost(plan)
        return report
