"""``onrecord verify``: does the warehouse keep its promises?"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from flows.cli.common import EXIT_NOT_CLEAN, ShownError, data_option, print_json, say

if TYPE_CHECKING:
    from warehouse.verification import Report
    from warehouse.verification.report import Progress


@click.command(epilog="Example: onrecord verify --data news")
@click.option("--quick", is_flag=True, help="Leave out the hashes of files and the spans of rows.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@data_option
def verify(quick: bool, as_json: bool, data: str) -> None:
    """Check every file and row of the warehouse against what must hold of it; exit with 3 where it does not.

    Looks at the files of all snapshots and at the rows of the current one: keys, parents, partitions, counts, spans,
    ledger, hashes. Reads only, and may run beside commits.
    """
    from warehouse.verification import verify as verify_warehouse  # noqa: PLC0415

    with _progress(hidden=as_json) as progress:
        report = verify_warehouse(data, quick=quick, progress=progress)
    if as_json:
        print_json(_as_json(report))
    else:
        _print(report, data)
    if not report.clean:
        violations = "violation" if report.total == 1 else "violations"
        raise ShownError(f"{report.total:,} {violations} in {data}.", EXIT_NOT_CLEAN)


def _as_json(report: "Report") -> dict[str, object]:
    counts = [{"check": check, "table": table, "count": count} for (check, table), count in report.counts.items()]
    return {**asdict(report), "counts": counts, "clean": report.clean}


def _print(report: "Report", data: str) -> None:
    for finding in report.findings:
        say(finding)
    for (check, table), count in report.counts.items():
        listed = sum(1 for finding in report.findings if (finding.check, finding.table) == (check, table))
        if count > listed:
            say(f"{check}: {table}: {count - listed:,} more")
    for note in report.notes:
        say(f"note: {note}")
    if report.clean:
        rows = ", ".join(f"{count:,} {name}" for name, count in report.rows.items())
        how = "hashes and spans left out" if report.quick else "every byte read"
        say(
            f"{data}: snapshot {report.snapshot} is sound: {rows or 'rows not compared'}; "
            f"{report.files:,} files, {report.bytes / 1e6:,.1f} MB, {how}."
        )


@contextmanager
def _progress(*, hidden: bool) -> Iterator["Progress"]:
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import Progress  # noqa: PLC0415

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=hidden or not console.is_terminal) as bar:
        task = bar.add_task("verify", total=None)
        yield lambda stage, done, total: bar.update(task, description=stage, completed=done, total=total)
