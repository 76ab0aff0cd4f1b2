"""The flow that keeps the warehouse fast and sound: link entities, merge files, drop snapshots, check everything."""

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from pydantic import BaseModel, ConfigDict, Field

import warehouse
from flows.errors import UnsoundWarehouseError
from flows.linking import rebuild
from flows.markdown import code, table, table_cell
from flows.run import Run
from flows.runners import retry_may_help
from warehouse.linking import LinkResult
from warehouse.pruning import prune
from warehouse.verification.report import Report

FINDINGS_SHOWN = 100


class MaintainOptions(BaseModel):
    """What is done; by default all of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    link: bool = Field(
        True,
        title="Link entities",
        description="Names of people, organisations and places become entities across documents, with what people "
        "decided about them.",
    )
    compact: bool = Field(
        True,
        title="Merge small files",
        description="Many small commits leave many small files, which make queries slow. Rows do not change.",
    )
    verify: bool = Field(
        True, title="Check the warehouse", description="Every file and row, against what must hold of it. Reads only."
    )
    quick: bool = Field(
        False, title="A quicker check", description="Leave out the hashes of files and the spans of rows."
    )


class MaintainReport(BaseModel):
    """What a maintenance did."""

    model_config = ConfigDict(frozen=True)

    data: str
    snapshot: int | None
    bytes_written: int
    months: int
    entities: int
    snapshots_dropped: int
    violations: int
    seconds: dict[str, float]


DEFAULTS = MaintainOptions()


@flow(name="maintain", flow_run_name="maintain {data}")
def maintain(data: str = "data", options: MaintainOptions = DEFAULTS) -> MaintainReport:
    """Link entities across documents, merge small files, drop old snapshots, check that the promises are kept.

    Readers are not disturbed, and an ingest may run at the same time. A warehouse that is not sound fails the run, with
    a table of what was found.

    Args:
        data: Folder of the warehouse.
        options: Which of the steps.
    """
    with Run.watch(data) as run:
        linked = None
        damage: Exception | None = None
        try:
            linked = link_entities(run) if options.link else None
            if options.compact:
                merge_files(run)
        except (OSError, ValueError) as error:  # so says Arrow of a damaged file; the check names it
            run.logger.error("Rows were not merged or linked: %s", error)
            damage = error
        # Older snapshots may hold what is damaged now.
        dropped = drop_snapshots(run) if damage is None else 0
        found = check(run, options.quick) if options.verify else None
        report = publish(run, dropped, found, linked)
        if damage is not None:
            raise damage
        return report


@task(
    name="link entities",
    task_run_name="link entities",
    retries=2,
    retry_delay_seconds=[2, 10],
    retry_condition_fn=retry_may_help,
    cache_policy=NO_CACHE,
)
def link_entities(run: Run) -> LinkResult:
    """Rebuild `canonical_entities`, and the ids of mentions and speakers, in one commit."""
    with run.stage("link"):
        linked = rebuild(run.root)
    run.snapshot = linked.snapshot
    run.figures.update(bytes_written=linked.bytes_written)
    run.logger.info("%d entities of %d mentions; %d files written.", linked.entities, linked.linked, linked.files)
    return linked


@task(
    name="compact",
    task_run_name="compact",
    retries=2,
    retry_delay_seconds=[2, 10],
    retry_condition_fn=retry_may_help,
    cache_policy=NO_CACHE,
)
def merge_files(run: Run) -> None:
    """Merge the small files of all partitions in one commit."""
    with run.stage("compact"):
        committed = warehouse.compact(run.root)
    run.snapshot = committed.snapshot or run.snapshot
    run.figures.update(bytes_written=committed.bytes_written, months=len(committed.partitions))
    if committed.snapshot is None:
        run.logger.info("All files are merged already.")
    else:
        megabytes = committed.bytes_written / 1e6
        run.logger.info("Snapshot %d: %.1f MB in %d months.", committed.snapshot, megabytes, len(committed.partitions))


@task(
    name="prune",
    task_run_name="prune",
    retries=2,
    retry_delay_seconds=[2, 10],
    retry_condition_fn=retry_may_help,
    cache_policy=NO_CACHE,
)
def drop_snapshots(run: Run) -> int:
    """Delete the snapshots that nobody can be reading any more."""
    with run.stage("prune"):
        dropped = prune(run.root)
    run.logger.info("%d old snapshots dropped.", dropped)
    return dropped


@task(name="verify", task_run_name="verify", cache_policy=NO_CACHE)
def check(run: Run, quick: bool) -> Report:
    """Check every invariant on the disk."""
    with run.stage("verify"):
        found = warehouse.verify(run.root, quick=quick)
    for finding in found.findings[:FINDINGS_SHOWN]:
        run.logger.error(str(finding))
    if found.clean:
        run.logger.info("Sound: %s rows in %d files.", f"{sum(found.rows.values()):,}", found.files)
    return found


def publish(run: Run, dropped: int, found: Report | None, linked: LinkResult | None) -> MaintainReport:
    """Put what was done on the run's page; fail the run when the warehouse is not sound."""
    report = MaintainReport(
        data=run.root,
        snapshot=run.snapshot,
        bytes_written=run.figures["bytes_written"],
        months=run.figures["months"],
        entities=linked.entities if linked else 0,
        snapshots_dropped=dropped,
        violations=found.total if found else 0,
        seconds={name: round(value, 2) for name, value in run.seconds.items()},
    )
    create_markdown_artifact(_markdown(report, found), key="maintain-summary", description=f"maintain {run.root}")
    if found is not None and not found.clean:
        rows = [
            {
                "check": item.check.value,
                "table": item.table or "",
                "row": table_cell(item.row or ""),
                "file": table_cell(item.file or ""),
                "expected": table_cell(item.expected),
                "found": table_cell(item.found),
            }
            for item in found.findings[:FINDINGS_SHOWN]
        ]
        create_table_artifact(rows, key="violations", description="Where the warehouse does not keep its promises")
        raise UnsoundWarehouseError(run.root, found.total)
    return report


def _markdown(report: MaintainReport, found: Report | None) -> str:
    merged = (
        f"Snapshot **{report.snapshot}**: {report.months:,} months merged, {report.bytes_written / 1e6:,.1f} MB."
        if report.snapshot is not None
        else "Nothing to link or to merge."
    )
    if report.entities:
        merged += f" {report.entities:,} entities."
    sound = "Not checked." if found is None else "**Sound.**" if found.clean else f"**{found.total:,} violations.**"
    parts = [
        f"# maintain {code(report.data)}",
        f"{merged} {report.snapshots_dropped:,} old snapshots dropped. {sound}",
        table(("step", "seconds"), [(name, f"{seconds:.1f}") for name, seconds in report.seconds.items()]),
    ]
    if found is not None:
        parts.append(table(("table", "rows"), [(name, f"{count:,}") for name, count in found.rows.items()]))
    return "\n\n".join(parts) + "\n"
