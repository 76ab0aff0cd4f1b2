"""The pages that a run leaves in the Prefect UI, as Markdown: its summary, and how it compares with earlier runs."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from flows import charts
from flows.markdown import cell, code, section, table
from flows.quality import FEWEST, FEWEST_RUNS, Measure

if TYPE_CHECKING:
    from flows.report import IngestReport

SPEAKERS_DRAWN = 5
_SAID_ELSEWHERE = {"documents_read", "documents_annotated", "quotes_unresolved", "rejects_found"}


def summary(report: "IngestReport") -> str:
    """What came in, what came out, how long it took, and how to read it."""
    outcome = (
        f"Snapshot **{report.snapshot}** committed to {code(report.data)}."
        if report.snapshot is not None
        else "Nothing new: no snapshot was made."
    )
    parts = [f"# ingest {cell(report.label)}\n\n{outcome}", *_jumps(report)]
    parts.append(table(("", "count"), [(name.replace("_", " "), f"{value:,}") for name, value in _counts(report)]))
    parts += _time(report)
    parts += section("Top speakers", ("speaker", "quotes in this run"), report.top_speakers)
    if drawn := charts.bars("Quotes by speaker", report.top_speakers[:SPEAKERS_DRAWN]):
        parts.append(drawn)
    parts += section("Languages", ("language", "documents"), [(n, f"{c:,}") for n, c in report.languages.items()])
    parts += section("Rejects", ("reason", "records"), report.rejects.items())
    parts += section("Warnings", ("warning", "documents"), report.warnings.items())
    parts += section("Skipped files", ("why", "files"), report.skipped.items())
    parts += section("Slowest to read", ("file", "seconds"), [(code(name), f"{s:.2f}") for s, name in report.slowest])
    parts.append("## Read it\n\n```python\n" + "\n".join(report.pandas_lines()) + "\n```")
    return "\n\n".join(parts) + "\n"


def _counts(report: "IngestReport") -> Iterator[tuple[str, int]]:
    """Without the counts that are nothing, and those of which the comparison with earlier runs makes rates."""
    for name, value in Counter(report.counts).items():
        written = report.counts.get(name.replace("_found", "_added")) if name.endswith("_found") else None
        if value and name not in _SAID_ELSEWHERE and value != written:
            yield name, value


def _jumps(report: "IngestReport") -> list[str]:
    jumped = [measure for measure in report.quality if measure.jumped]
    return ["\n".join(f"- ⚠ {cell(measure.warning())}" for measure in jumped)] if jumped else []


def _time(report: "IngestReport") -> Iterator[str]:
    speed = f"\n\n{report.words_per_second:,.0f} words/s while annotating" if report.words_per_second else ""
    yield f"## Time{speed}"
    yield table(
        ("stage", "seconds", "of which, summed over workers"),
        [
            (name, f"{value:.1f}", _worker_share(report) if name == "annotate" else "")
            for name, value in report.seconds.items()
        ],
    )
    if drawn := charts.bars("Seconds by step, summed over workers", list(report.worker_seconds.items()), " s"):
        yield drawn


def _worker_share(report: "IngestReport") -> str:
    return ", ".join(f"{name} {seconds:.1f}" for name, seconds in report.worker_seconds.items())


def comparison(measures: list[Measure]) -> str:
    """Each measure of a run beside the runs before it, drawn where there are some."""
    runs = max((len(measure.earlier) for measure in measures), default=0)
    jumped = [measure for measure in measures if measure.jumped]
    verdict = (
        "\n".join(f"- ⚠ {cell(measure.warning())}" for measure in jumped)
        if jumped
        else "Nothing jumped."
        if runs >= FEWEST_RUNS
        else f"A jump can be told from {FEWEST_RUNS} earlier runs of at least {FEWEST} articles on."
    )
    rows = [
        (measure.name, measure.told(measure.value), measure.told(measure.usual), "⚠ jumped" if measure.jumped else "")
        for measure in measures
    ]
    drawn = [
        charts.line(measure.name, [_shown(measure, value) for value in measure.values], warn=measure.jumped)
        for measure in measures
    ]
    head = f"# Compared with the last {runs} runs" if runs else "# The first run to be compared with"
    table_of_all = table(("", "this run", "usual (median)", ""), rows)
    return "\n\n".join([head, verdict, table_of_all, *(picture for picture in drawn if picture)]) + "\n"


def _shown(measure: Measure, value: float) -> float:
    return 100 * value if measure.share else value
