"""``onrecord publish``: the tables as Delta Lake."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from flows.cli.common import data_option, print_json, say

if TYPE_CHECKING:
    from warehouse.delta import Publication


@click.command(epilog="Example: onrecord publish s3://newsroom/onrecord --storage-option aws_region=eu-central-1")
@click.argument("url")
@click.option(
    "--storage-option",
    "options",
    multiple=True,
    metavar="KEY=VALUE",
    help="An option of deltalake's object store; can be repeated. The usual AWS variables are heeded, too.",
)
@click.option("--vacuum", is_flag=True, help="Delete files that no recent version has.")
@click.option(
    "--retain-hours",
    type=click.IntRange(0),
    default=168,
    show_default=True,
    help="How old a version must be for --vacuum to delete its files. With 0 nobody may be reading older versions.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@data_option
def publish(url: str, options: tuple[str, ...], vacuum: bool, retain_hours: int, as_json: bool, data: str) -> None:
    """Write the current snapshot to URL as Delta Lake tables, a folder or an object store such as s3://bucket/prefix.

    Only what changed since the last time is sent; the same snapshot again changes nothing. Each commit notes the
    snapshot's number, and every table has a version for it.
    """
    from warehouse import publish as publish_tables  # noqa: PLC0415

    chosen = {}
    for option in options:
        key, equals, value = option.partition("=")
        if not equals or not key:
            raise click.BadParameter(f"{option!r} is not KEY=VALUE.", param_hint="--storage-option")
        chosen[key] = value
    result = publish_tables(data, url, storage_options=chosen, vacuum=vacuum, retain_hours=retain_hours)
    if as_json:
        print_json(asdict(result))
        return
    _print(result)


def _print(result: "Publication") -> None:
    if not result.changed:
        say(f"{result.url}: has snapshot {result.snapshot} already.")
    for name, table in result.tables.items() if result.changed else ():
        say(
            f"{name}: version {table.version}; {table.files_added:,} files added, {table.files_removed:,} removed, "
            f"{table.bytes_sent / 1e6:,.2f} MB sent."
        )
    deleted = sum(table.vacuumed for table in result.tables.values())
    if deleted:
        say(f"{deleted:,} old files deleted.")
    if result.changed:
        say(f"{result.url}: snapshot {result.snapshot} published.")
