"""``onrecord tables``: the data dictionary."""

import click

from flows.cli.common import print_json


@click.command(epilog="Example: onrecord tables quotes")
@click.argument("names", nargs=-1, metavar="[TABLE]...")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def tables(names: tuple[str, ...], as_json: bool) -> None:
    """What each table and column means."""
    from warehouse.tables import TABLES  # noqa: PLC0415

    unknown = sorted(set(names) - set(TABLES))
    if unknown:
        raise click.BadParameter(f"no table {', '.join(unknown)}; there are {', '.join(TABLES)}.", param_hint="TABLE")
    chosen = [TABLES[name] for name in names or TABLES]
    if as_json:
        print_json(
            {
                table.name: {
                    "meaning": table.meaning,
                    "key": list(table.key),
                    "columns": [
                        {
                            "name": column.name,
                            "type": str(column.type),
                            "nullable": column.nullable,
                            "meaning": column.meaning,
                        }
                        for column in table.columns
                    ],
                }
                for table in chosen
            }
        )
        return
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table as Grid  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    console = Console()
    for table in chosen:
        grid = Grid("column", "type", "meaning", title=f"{table.name}: {table.meaning}", title_justify="left")
        for column in table.columns:
            kind = f"{column.type}{'' if not column.nullable else ' or null'}"
            grid.add_row(
                Text(column.name, style="bold" if column.name in table.key else ""), kind, Text(column.meaning)
            )
        console.print(grid)
