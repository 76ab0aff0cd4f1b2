"""``onrecord status``: what is in the warehouse, how the last runs went, what is staged."""

from dataclasses import asdict
from typing import Any

import click

from flows.cli.common import EXIT_WRONG_USE, ShownError, cell, data_option, print_json, records, say


@click.command(epilog="Examples: onrecord status --data news    onrecord status --changes 12 15 --json")
@click.argument("snapshots", nargs=-1, type=click.IntRange(1), metavar="[A] [B]")
@click.option(
    "--changes",
    is_flag=True,
    help="Show what snapshot B changed against A; what A changed; or what the last one changed.",
)
@click.option("--runs", "shown", type=click.IntRange(1), default=10, show_default=True, help="Runs to list.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@data_option
def status(snapshots: tuple[int, ...], changes: bool, shown: int, as_json: bool, data: str) -> None:
    """Show the warehouse's size, its last runs, and what the next run will find done; or what a snapshot changed."""
    if changes:
        _changes(snapshots, as_json, data)
        return
    if snapshots:
        raise ShownError("Numbers of snapshots are for --changes.", EXIT_WRONG_USE)
    import warehouse  # noqa: PLC0415
    from flows.outlook import outlook  # noqa: PLC0415

    opened = warehouse.open(data)
    runs = opened.runs(shown)
    counts = opened.row_counts()
    ahead = outlook(data)
    if as_json:
        told = {"snapshot": opened.snapshot, "rows": counts, "staged_batches": ahead.staged_batches}
        print_json({**told, "outlook": asdict(ahead), "runs": records(runs)})
        return
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    from flows.naming import label_of  # noqa: PLC0415
    from transforms.display.visible import visible_line  # noqa: PLC0415

    console = Console()
    sizes = ", ".join(f"{count:,} {name}" for name, count in counts.items())
    for line in (f"{data}: snapshot {opened.snapshot}; {sizes}.", *ahead.lines()):
        console.print(cell(visible_line(line)))
    table = Table(box=None, padding=(0, 1, 0, 0))
    for column in ("started", "state", "added", "replaced", "rejects", "seconds", "snapshot"):
        table.add_column(column, no_wrap=True, justify="left" if column in {"started", "state"} else "right")
    table.add_column("sources", overflow="fold")
    row: Any
    for row in runs.itertuples():
        table.add_row(
            f"{row.started_at:%Y-%m-%d %H:%M}",
            row.state,
            f"{row.documents_added:,}",
            f"{row.documents_replaced:,}",
            f"{row.rejects_added:,}",
            f"{row.total_seconds:,.1f}",
            str(row.snapshot) if row.snapshot >= 0 else "–",
            cell(label_of(list(row.sources))),
        )
    console.print(table)


def _changes(snapshots: tuple[int, ...], as_json: bool, data: str) -> None:
    """Counts of rows, with their keys in JSON."""
    import warehouse  # noqa: PLC0415

    if len(snapshots) > 2:
        raise ShownError("--changes takes at most two snapshots.", EXIT_WRONG_USE)
    found = warehouse.changes(data, *snapshots, ids=as_json)
    if as_json:
        print_json(asdict(found))
        return
    say(f"{data}: from snapshot {found.earlier} to {found.later}:")
    for name, table in found.tables.items():
        if not table.none:
            say(f"  {name}: {table.added:,} added, {table.replaced:,} replaced, {table.removed:,} removed")
    if all(table.none for table in found.tables.values()):
        say("  no row differs")
