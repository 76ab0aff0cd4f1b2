"""What a run tells when it is done: one report, shown by the command and published as artifacts in the Prefect UI."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from prefect.artifacts import create_markdown_artifact, create_table_artifact
from pydantic import BaseModel, ConfigDict

from flows.batch import BatchResult
from flows.plan import Plan
from flows.run import Run
from warehouse.commit import CommitResult
from warehouse.query import open_warehouse

TOP_SPEAKERS = 10
REJECTS_SHOWN = 100


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
    warnings: dict[str, int]
    rejects: dict[str, int]
    skipped: dict[str, int]
    slowest: list[tuple[float, str]]
    top_speakers: list[tuple[str, int]]
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
        warnings=dict(total.warnings.most_common()),
        rejects=dict(rejects_by_reason.most_common()),
        skipped=dict(plan.skipped.most_common()),
        slowest=sorted((item for result in results for item in result.slowest), reverse=True)[:5],
        top_speakers=total.speakers.most_common(TOP_SPEAKERS),
        recovered_batches=len(plan.recovered),
    )


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
    create_markdown_artifact(markdown(report), key="run-summary", description=f"ingest {report.label}")
    if report.rejects:
        create_table_artifact(_reject_rows(report), key="rejects", description="Records that did not become documents")


def _reject_rows(report: IngestReport) -> list[dict[str, Any]]:
    """The rejects of this run, as the warehouse has them."""
    frame = open_warehouse(report.data).rejects()
    columns = ["reason", "detail", "source_path", "source_member", "source_record", "excerpt"]
    rows = frame.loc[frame["run_id"] == report.run_id, columns].head(REJECTS_SHOWN).astype(object)
    return [
        {str(name): value for name, value in row.items()} for row in rows.where(rows.notna(), "").to_dict("records")
    ]


def markdown(report: IngestReport) -> str:
    """The run summary: what came in, what came out, how long it took, and how to read it."""
    counts = Counter(report.counts)
    outcome = (
        f"Snapshot **{report.snapshot}** committed to {_code(report.data)}."
        if report.snapshot is not None
        else "Nothing new: no snapshot was made."
    )
    parts = [
        f"# ingest {_cell(report.label)}\n\n{outcome}",
        _table(("", "count"), [(name.replace("_", " "), f"{value:,}") for name, value in counts.items()]),
        _time_heading(report),
        _table(
            ("stage", "seconds", "of which, summed over workers"),
            [
                (name, f"{value:.1f}", _worker_share(report) if name == "annotate" else "")
                for name, value in report.seconds.items()
            ],
        ),
    ]
    parts += _section("Top speakers", ("speaker", "quotes in this run"), report.top_speakers)
    parts += _section("Rejects", ("reason", "records"), report.rejects.items())
    parts += _section("Warnings", ("warning", "documents"), report.warnings.items())
    parts += _section("Skipped files", ("why", "files"), report.skipped.items())
    parts += _section("Slowest to read", ("file", "seconds"), [(_code(name), f"{s:.2f}") for s, name in report.slowest])
    parts.append("## Read it\n\n```python\n" + "\n".join(report.pandas_lines()) + "\n```")
    return "\n\n".join(parts) + "\n"


def _time_heading(report: IngestReport) -> str:
    speed = f"\n\n{report.words_per_second:,.0f} words/s while annotating" if report.words_per_second else ""
    return f"## Time{speed}"


def _worker_share(report: IngestReport) -> str:
    return ", ".join(f"{name} {seconds:.1f}" for name, seconds in report.worker_seconds.items())


def _section(title: str, head: tuple[str, str], rows: Iterable[tuple[object, object]]) -> list[str]:
    listed = list(rows)
    return [f"## {title}", _table(head, listed)] if listed else []


def _table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(_cell(value) for value in row) + " |" for row in rows]
    return "\n".join(lines)


def _code(name: str) -> str:
    """A path, in which Markdown must not see emphasis or links."""
    return "`" + name.replace("`", "'").replace("\n", " ") + "`"


def _cell(value: object) -> str:
    """Text that cannot break out of its cell, whatever a file was called."""
    return str(value).replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")
