"""``onrecord status``: what is in the warehouse, how the last runs went, what is staged."""

from typing import Any

import click

from flows.cli.common import data_option, print_json, records


@click.command(epilog="Example: onrecord status --data news")
@click.option("--runs", "shown", type=click.IntRange(1), default=10, show_default=True, help="Runs to list.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@data_option
def status(shown: int, as_json: bool, data: str) -> None:
    """Show the warehouse's size, its last runs, and what the next run will find done."""
    from dataclasses import asdict  # noqa: PLC0415

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

    console = Console()
    sizes = ", ".join(f"{count:,} {name}" for name, count in counts.items())
    console.print(f"{data}: snapshot {opened.snapshot}; {sizes}.", highlight=False)
    for line in ahead.lines():
        console.print(line, highlight=False)
    table = Table(box=None, padding=(0, 2, 0, 0))
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
            ", ".join(row.sources),
        )
    console.print(table)
