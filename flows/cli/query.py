"""``onrecord quotes`` and ``documents``: look rows up without writing pandas, or take them elsewhere."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flows.cli.common import (
    EXIT_WRONG_USE,
    Command,
    ShownError,
    cell,
    data_option,
    json_option,
    print_json_lines,
    saving,
    say,
)

if TYPE_CHECKING:
    import pandas as pd

    from flows.exports import Form
    from warehouse import Warehouse

_DAY = click.DateTime(formats=["%Y-%m-%d"])
_TIME = click.DateTime(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])
LINES = 50
"""Rows that are printed unless more are asked for."""


def period(command: Command) -> Command:
    """The options that all commands which list rows share."""
    command = click.option("--since", type=_DAY, help="First publication day, YYYY-MM-DD.")(command)
    command = click.option("--until", type=_DAY, help="Last publication day, YYYY-MM-DD.")(command)
    command = click.option("--document", "document_id", help="Only this document: its id, or how that begins.")(command)
    command = click.option("--snapshot", type=click.IntRange(1), help="Number of an earlier snapshot.")(command)
    command = click.option(
        "--as-of", type=_TIME, help="The snapshot that was current at this time, e.g. 2026-11-20T10:00; UTC."
    )(command)
    help_ = f"Rows, the newest first.  [default: {LINES} to print, all to a file]"
    return click.option("--limit", type=click.IntRange(1), help=help_)(command)


def file_options(command: Command) -> Command:
    """The options of rows that go to a file."""
    help_ = "Where rows go; its ending names the kind (.csv, .jsonl, .parquet) unless one is given."
    command = click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help=help_)(command)
    command = click.option("--columns", help="Names with commas between; all by default.")(command)
    command = click.option("--parquet", "form", flag_value="parquet", help="Write Parquet to -o FILE.")(command)
    command = click.option("--jsonl", "form", flag_value="jsonl", help="Write JSON lines to -o FILE.")(command)
    return click.option("--csv", "form", flag_value="csv", help="Write CSV, safe for spreadsheets, to -o FILE.")(
        command
    )


def open_snapshot(data: str, snapshot: int | None, as_of: datetime | None) -> "Warehouse":
    """The current snapshot, or the one that was asked for by its number or time."""
    import warehouse  # noqa: PLC0415

    if snapshot is not None and as_of is not None:
        raise ShownError("Give either --snapshot or --as-of.", EXIT_WRONG_USE)
    return warehouse.open(data, snapshot=snapshot, as_of=as_of)


@dataclass(frozen=True)
class Delivery:
    """Where rows go, and which of them: the options that the three commands share."""

    data: str
    snapshot: int | None
    as_of: datetime | None
    limit: int | None
    as_json: bool
    output: Path | None
    form: str | None
    columns: str | None

    def deliver(self, table: str, shown: list[str], filters: dict[str, Any]) -> None:
        """Print the rows of a table, or write them to a file."""
        form = self._form()
        opened = open_snapshot(self.data, self.snapshot, self.as_of)
        if filters["document_id"] is not None:
            from flows.rows import whole_id  # noqa: PLC0415

            filters = {**filters, "document_id": whole_id(opened, filters["document_id"])}
        if form is not None and self.output is not None:
            self._export(opened, table, self.output, form, filters)
            return
        if self.columns is not None:
            raise ShownError("--columns is for -o FILE.", EXIT_WRONG_USE)
        frame = getattr(opened, table)(**filters, limit=self.limit or LINES)
        if self.as_json:
            print_json_lines(frame)
        else:
            print_rows(frame, shown)

    def _form(self) -> "Form | None":
        from flows.exports import Form  # noqa: PLC0415

        if self.output is None:
            if self.form is not None:
                raise ShownError(f"--{self.form} wants a file: -o FILE.", EXIT_WRONG_USE)
            return None
        if self.as_json:
            raise ShownError("--json prints; for a file of JSON lines: --jsonl -o FILE.", EXIT_WRONG_USE)
        named = self.form or self.output.suffix.removeprefix(".").lower()
        if named not in list(Form):
            raise ShownError("Say what to write: --csv, --jsonl or --parquet.", EXIT_WRONG_USE)
        return Form(named)

    def _export(self, opened: "Warehouse", table: str, target: Path, form: "Form", filters: dict[str, Any]) -> None:
        import pyarrow as pa  # noqa: PLC0415

        from flows.exports import export  # noqa: PLC0415

        whole = opened.dataset(table).schema
        names = self.columns.split(",") if self.columns else whole.names
        if unknown := [name for name in names if name not in whole.names]:
            known = ", ".join(whole.names)
            raise ShownError(f"{table} has no column {', '.join(unknown)}; it has {known}.", EXIT_WRONG_USE)
        schema = pa.schema([whole.field(name) for name in names], metadata=whole.metadata)
        rows = opened.to_batches(table, columns=names, limit=self.limit, **filters)
        with saving(target) as beside:
            count = export(rows, schema, beside, form)
        say(f"{target}: {count:,} rows.")


@click.command(epilog="Example: onrecord quotes --speaker Lavrov --since 2024-12-01 --csv -o lavrov.csv")
@click.option(
    "--speaker", help="Part of the speaker's name or of another spelling of it, in any case; or an entity's id."
)
@click.option("--text", help="Part of the quote's words, in any case.")
@click.option("--type", "quote_type", type=click.Choice(["direct", "mixed", "indirect"]), help="Only this type.")
@period
@file_options
@data_option
@json_option
def quotes(
    speaker: str | None,
    text: str | None,
    quote_type: str | None,
    since: datetime | None,
    until: datetime | None,
    document_id: str | None,
    **delivery: Any,
) -> None:
    """Who said what: list quotes, newest first, or write all of them to a file."""
    filters = {
        "speaker": speaker,
        "text": text,
        "type": quote_type,
        "since": since,
        "until": until,
        "document_id": document_id,
    }
    shown = ["published_on", "speaker_canonical", "speaker", "quote_type", "content", "document_id"]
    Delivery(**delivery).deliver("quotes", shown, filters)


@click.command(epilog="Example: onrecord documents --since 2025-01-01 --text harbour")
@click.option("--text", help="Part of the text, in any case.")
@click.option("--publisher", help="Part of the publisher's name, in any case.")
@period
@file_options
@data_option
@json_option
def documents(
    text: str | None,
    publisher: str | None,
    since: datetime | None,
    until: datetime | None,
    document_id: str | None,
    **delivery: Any,
) -> None:
    """Which articles are in the warehouse: list documents, newest first, or write all of them to a file."""
    filters = {"text": text, "publisher": publisher, "since": since, "until": until, "document_id": document_id}
    shown = ["published_on", "document_id", "publisher", "title", "text", "quote_count", "entity_count"]
    Delivery(**delivery).deliver("documents", shown, filters)


def print_rows(frame: "pd.DataFrame", columns: list[str]) -> None:
    """A table for people, as wide as the terminal; a column that says nothing in any row takes none of it."""
    from rich import box  # noqa: PLC0415
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    told = {column: [_told(value, column) for value in frame[column]] for column in columns}
    table = Table(box=box.HORIZONTALS, show_lines=True, expand=True, padding=(0, 1, 0, 0))
    for column in columns:
        if not any(told[column]):
            told.pop(column)
            continue
        heading = HEADINGS.get(column, column)
        if column in NOT_WRAPPED:
            table.add_column(heading, no_wrap=True)
        else:
            table.add_column(heading, overflow="fold", min_width=WORD, ratio=SHARES.get(column, 3))
    for row in zip(*told.values(), strict=True):
        table.add_row(*map(cell, row))
    Console().print(table if len(frame) else "No rows.")


SHORT_IDS = frozenset({"document_id", "entity_id", "other_entity_id", "decision_id"})
NOT_WRAPPED = SHORT_IDS | {
    *("published_on", "decided_at", "kind", "country", "mentions", "quotes", "documents"),
    *("quote_type", "label", "quote_count", "entity_count"),
}
HEADINGS = {
    "published_on": "published",
    "document_id": "document",
    "quote_type": "type",
    "quote_count": "quotes",
    "entity_count": "entities",
    "speaker_canonical": "canonical",
    "canonical_name": "canonical",
}
"""Shorter than the column's name, so that a heading is no wider than what is below it."""
SHARES = {"content": 6, "text": 4}
"""Columns that get more of the terminal's width than others."""
WORD = 10
"""Characters that a column has at least, so that a terminal of 80 cuts few words."""
ID_CHARACTERS = 8
"""Enough of an id for `onrecord show`; `--json` prints it whole."""
TEXT_CHARACTERS = 80
"""Of a document's text."""


def beginning(text: str) -> str:
    """The first words of a text, on one line; of a script without spaces, or of a very long word, the first signs."""
    line = " ".join(text.split())
    if len(line) <= TEXT_CHARACTERS:
        return line
    cut = line[: TEXT_CHARACTERS - 2]
    return f"{cut.rsplit(' ', 1)[0]} …"


def _told(value: Any, column: str) -> str:
    import pandas as pd  # noqa: PLC0415

    if pd.api.types.is_list_like(value):
        return ", ".join(map(str, value))
    if pd.isna(value):
        return ""
    if column in SHORT_IDS:
        return str(value)[:ID_CHARACTERS]
    if column == "text":
        return beginning(str(value))
    return value.strftime("%Y-%m-%d") if isinstance(value, datetime) else str(value)
