"""What a run tells when it is done: one report, shown by the command and published as artifacts in the Prefect UI."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from prefect.artifacts import create_markdown_artifact, create_table_artifact
from pydantic import BaseModel, ConfigDict

from flows.markdown import table_cell
from flows.plan import Plan
from flows.quality import Measure, compare
from flows.run import FIGURES, Run
from flows.spec import BatchResult
from flows.summary import comparison, summary
from warehouse.commit import CommitResult
from warehouse.query import open_warehouse
from warehouse.runs import last_runs

TOP_SPEAKERS = 10
EXAMPLES = 5
"""Rejects shown for each reason."""

RUNS_SEARCHED = 100
"""Rows of ``runs`` among which the last that read something are looked for."""


class IngestReport(BaseModel):
    """The figures of one finished run."""

    model_config = ConfigDict(frozen=True)

    run_id: str
    label: str
    data: str
    snapshot: int | None
    counts: dict[str, int]
    seconds: dict[str, float]  # wall time by stage
    worker_seconds: dict[str, float]  # summed over workers, by step
    words_per_second: float
    languages: dict[str, int]
    warnings: dict[str, int]
    rejects: dict[str, int]
    skipped: dict[str, int]
    slowest: list[tuple[float, str]]
    top_speakers: list[tuple[str, int]]
    quality: list[Measure]
    recovered_batches: int

    @property
    def clean(self) -> bool:
        """Whether every record became a document."""
        return not self.rejects

    def pandas_lines(self) -> list[str]:
        """Three lines that read the result."""
        return [
            "import pandas as pd",
            f"quotes = pd.read_parquet({json.dumps(str(Path(self.data) / 'quotes'), ensure_ascii=False)})",
            'print(quotes.groupby("speaker_canonical").size().sort_values(ascending=False).head(10))',
        ]


def publish_report(run: Run, plan: Plan, results: Sequence[BatchResult], committed: CommitResult) -> IngestReport:
    """The last step of the run: its figures, on its page in the Prefect UI and back to the caller."""
    with run.stage("report"):
        report = make_report(run, plan, results, committed)
        publish(report)
        for measure in report.quality:
            if measure.jumped:
                run.logger.warning(measure.warning())
    return report


def make_report(run: Run, plan: Plan, results: Sequence[BatchResult], committed: CommitResult) -> IngestReport:
    """Gather the figures; what was recovered from an earlier run is counted by the commit, not by the batches."""
    total = _Totals(results)
    rejects_by_reason = total.rejects + Counter(item.reject.reason.value for item in plan.refused)
    return IngestReport(
        run_id=run.run_id,
        label=run.label,
        data=run.root,
        snapshot=committed.snapshot,
        counts=dict(run.figures),
        seconds={name: round(value, 2) for name, value in run.seconds.items()},
        worker_seconds={name: round(value, 2) for name, value in total.seconds.items()},
        words_per_second=round(run.words_per_second, 1),
        languages=dict(run.languages.most_common()),
        warnings=dict(total.warnings.most_common()),
        rejects=dict(rejects_by_reason.most_common()),
        skipped=dict(plan.skipped.most_common()),
        slowest=sorted((item for result in results for item in result.slowest), reverse=True)[:5],
        top_speakers=total.speakers.most_common(TOP_SPEAKERS),
        quality=_quality(run),
        recovered_batches=len(plan.recovered),
    )


def _quality(run: Run) -> list[Measure]:
    if not run.figures["documents_read"]:
        return []
    earlier = last_runs(run.root, RUNS_SEARCHED)
    others = earlier[earlier["run_id"] != run.run_id]
    return compare({name: run.figures[name] for name in FIGURES} | {"languages": run.languages}, others)


class _Totals:
    def __init__(self, results: Iterable[BatchResult]) -> None:
        self.rejects: Counter[str] = Counter()
        self.warnings: Counter[str] = Counter()
        self.seconds: dict[str, float] = defaultdict(float)
        self.speakers: Counter[str] = Counter()
        for result in results:
            self.rejects += result.rejects
            self.warnings += result.warnings
            for stage, seconds in result.seconds.items():
                self.seconds[stage] += seconds
            self.speakers += result.speakers


def publish(report: IngestReport) -> None:
    """Put the report on the run's page in the Prefect UI."""
    create_markdown_artifact(summary(report), key="run-summary", description=f"ingest {report.label}")
    if report.quality:
        create_markdown_artifact(
            comparison(report.quality), key="quality", description="Quotes, speakers and languages beside earlier runs"
        )
    if report.rejects:
        create_table_artifact(
            _reject_rows(report), key="rejects", description="Records that did not become documents, by reason"
        )


def _reject_rows(report: IngestReport) -> list[dict[str, Any]]:
    """The reasons, the commonest first, each with how often and a few examples."""
    frame = open_warehouse(report.data).rejects()
    mine = frame.loc[frame["run_id"] == report.run_id]
    columns = ["detail", "source_path", "source_member", "source_record", "excerpt"]
    listed: list[dict[str, Any]] = []
    for reason, count in report.rejects.items():
        examples = mine.loc[mine["reason"] == reason, columns].head(EXAMPLES).astype(object)
        rows = examples.where(examples.notna(), "").to_dict("records")
        listed += [
            {"reason": reason, "records": count, **{str(k): table_cell(v) for k, v in row.items()}} for row in rows
        ]
    return listed
