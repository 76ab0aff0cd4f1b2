"""``onrecord rejects``: list what did not become a document, and read it again."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flows.cli.common import EXIT_WRONG_USE, ShownError, cell, data_option, json_option, print_json_lines, say
from flows.cli.ingest import ingest
from flows.cli.query import WORD

if TYPE_CHECKING:
    import pandas as pd

EXCERPT_SHOWN = 60


@click.command(epilog="Examples: onrecord rejects --reason too_large    onrecord rejects --retry")
@click.option("--reason", help="Only this reason; docs/rejects.md explains each.")
@click.option("--limit", type=click.IntRange(1), help="Rows to print.  [default: all]")
@click.option("--retry", is_flag=True, help="Read their files again, after a fix, with the options of a first run.")
@data_option
@json_option
@click.pass_context
def rejects(
    context: click.Context, reason: str | None, limit: int | None, retry: bool, data: str, as_json: bool
) -> None:
    """List the records that did not become documents, with the reason; or take them again.

    A file is read again as a whole, of an archive the members with rejects. Rows that come out equal are not written
    again, and a reject goes when its record has become a document. To read again with other options, give these and
    the sources to: onrecord ingest --retry-rejects
    """
    import warehouse  # noqa: PLC0415

    _check(reason)
    found = warehouse.open(data).rejects(reason=reason, limit=None if retry else limit)
    if not retry:
        _print(found, as_json)
        return
    sources = sorted(set(found["source_path"]))
    there = [source for source in sources if "://" in source or Path(source).exists()]
    for source in sources:
        if source not in there:
            say(f"Not there any longer: {source}", err=True)
    if not there:
        say("Nothing to read again.", err=True)
        return
    context.invoke(ingest, sources=tuple(there), data=data, as_json=as_json, retry_rejects=True, retry_reason=reason)


def _check(reason: str | None) -> None:
    from transforms.records import RejectReason  # noqa: PLC0415

    known = [item.value for item in RejectReason]
    if reason is not None and reason not in known:
        raise ShownError(f"There is no reason {reason!r}. Known ones: {', '.join(known)}.", EXIT_WRONG_USE)


def _near(path: str) -> str:
    """A path as it is written from here, when that is shorter; ``--json`` has it whole."""
    return path if "://" in path else min(path, os.path.relpath(path), key=len)


def _print(found: "pd.DataFrame", as_json: bool) -> None:
    if as_json:
        print_json_lines(found)
        return
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("reason", no_wrap=True)
    table.add_column("source", overflow="fold", min_width=WORD)
    table.add_column("record", no_wrap=True, justify="right")
    for column in ("detail", "excerpt"):
        table.add_column(column, overflow="fold", min_width=WORD)
    for row in found.to_dict("records"):
        member = row["source_member"]
        path = _near(row["source_path"])
        source = f"{path} › {member}" if isinstance(member, str) else path
        excerpt = " ".join(row["excerpt"].split())[:EXCERPT_SHOWN]
        table.add_row(*map(cell, (row["reason"], source, row["source_record"], row["detail"], excerpt)))
    console = Console(highlight=False)
    console.print(table if len(found) else "No rejects.")
    if len(found):
        counts = ", ".join(f"{count:,} {reason}" for reason, count in found["reason"].value_counts().items())
        console.print(cell(f"{len(found):,} rejects: {counts}."))
