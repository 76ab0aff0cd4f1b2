"""``onrecord quotes`` and ``documents``: look rows up without writing pandas."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from flows.cli.common import EXIT_WRONG_USE, Command, ShownError, data_option, json_option, print_json_lines

if TYPE_CHECKING:
    import pandas as pd

    from warehouse import Warehouse

_DAY = click.DateTime(formats=["%Y-%m-%d"])
_TIME = click.DateTime(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])


def period(command: Command) -> Command:
    """The options that all commands which list rows share."""
    command = click.option("--since", type=_DAY, help="First publication day, YYYY-MM-DD.")(command)
    command = click.option("--until", type=_DAY, help="Last publication day, YYYY-MM-DD.")(command)
    command = click.option("--document", "document_id", help="Only this document.")(command)
    command = click.option("--snapshot", type=click.IntRange(1), help="Number of an earlier snapshot.")(command)
    command = click.option(
        "--as-of", type=_TIME, help="The snapshot that was current at this time, e.g. 2026-11-20T10:00; UTC."
    )(command)
    return click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="Rows to print.")(
        command
    )


@click.command(
    epilog="Example: onrecord quotes --speaker Lavrov --since 2024-12-01 --json",
)
@click.option(
    "--speaker", help="Part of the speaker's name or of another spelling of it, in any case; or an entity's id."
)
@click.option("--text", help="Part of the quote's words, in any case.")
@click.option("--type", "quote_type", type=click.Choice(["direct", "mixed", "indirect"]), help="Only this type.")
@period
@data_option
@json_option
def quotes(
    speaker: str | None,
    text: str | None,
    quote_type: str | None,
    since: datetime | None,
    until: datetime | None,
    document_id: str | None,
    snapshot: int | None,
    as_of: datetime | None,
    limit: int,
    data: str,
    as_json: bool,
) -> None:
    """Who said what: list quotes, newest first."""
    frame = open_snapshot(data, snapshot, as_of).quotes(
        speaker=speaker,
        text=text,
        type=quote_type,
        since=since,
        until=until,
        document_id=document_id,
        limit=limit,
    )
    _print(frame, as_json, ["published_on", "speaker_canonical", "speaker", "quote_type", "content", "document_id"])


@click.command(epilog="Example: onrecord documents --since 2025-01-01 --text harbour")
@click.option("--text", help="Part of the text, in any case.")
@click.option("--publisher", help="Part of the publisher's name, in any case.")
@period
@data_option
@json_option
def documents(
    text: str | None,
    publisher: str | None,
    since: datetime | None,
    until: datetime | None,
    document_id: str | None,
    snapshot: int | None,
    as_of: datetime | None,
    limit: int,
    data: str,
    as_json: bool,
) -> None:
    """Which articles are in the warehouse: list documents, newest first."""
    frame = open_snapshot(data, snapshot, as_of).documents(
        text=text, publisher=publisher, since=since, until=until, document_id=document_id, limit=limit
    )
    shown = frame if as_json else frame.assign(text=frame["text"].str.slice(0, 80))
    columns = ["published_on", "document_id", "publisher", "title", "text", "quote_count", "entity_count"]
    _print(shown, as_json, columns)


def open_snapshot(data: str, snapshot: int | None, as_of: datetime | None) -> "Warehouse":
    """The snapshot that these options name."""
    import warehouse  # noqa: PLC0415

    if snapshot is not None and as_of is not None:
        raise ShownError("Give either --snapshot or --as-of.", EXIT_WRONG_USE)
    return warehouse.open(data, snapshot=snapshot, as_of=as_of)


def _print(frame: "pd.DataFrame", as_json: bool, columns: list[str]) -> None:
    if as_json:
        print_json_lines(frame)
        return
    print_rows(frame, columns)


def print_rows(frame: "pd.DataFrame", columns: list[str]) -> None:
    """Some columns as a table for people."""
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(show_lines=True, expand=True)
    for column in columns:
        whole = column in NOT_WRAPPED
        table.add_column(column, overflow="fold", no_wrap=whole, ratio=None if whole else SHARES.get(column, 3))
    for row in frame[columns].itertuples(index=False):
        table.add_row(*(Text(_cell(value, column)) for value, column in zip(row, columns, strict=True)))
    console = Console()
    console.print(table if len(frame) else "No rows.")


SHORT_IDS = frozenset({"document_id", "entity_id", "other_entity_id", "decision_id"})
NOT_WRAPPED = SHORT_IDS | {"published_on", "decided_at", "kind", "country", "mentions", "quotes", "documents"}
SHARES = {"content": 6, "text": 6, "quote_type": 2, "label": 2, "quote_count": 2, "entity_count": 2}
"""Columns that get more of the terminal's width than others."""
ID_CHARACTERS = 8
"""Enough of an id for `onrecord show`; `--json` prints it whole."""


def _cell(value: Any, column: str) -> str:
    import pandas as pd  # noqa: PLC0415

    if pd.api.types.is_list_like(value):
        return ", ".join(map(str, value))
    if pd.isna(value):
        return ""
    if column in SHORT_IDS:
        return str(value)[:ID_CHARACTERS]
    return value.strftime("%Y-%m-%d") if isinstance(value, datetime) else str(value)
