"""``onrecord reannotate``: run the flow that annotates stored documents anew."""

import os
from typing import TYPE_CHECKING, Any

import click

from flows.cli.common import data_option, print_json, say

if TYPE_CHECKING:
    from flows.reannotation import ReannotateOptions

CONDITIONS = ("publisher", "since", "until", "language", "model", "pipeline_version", "document")


@click.command(
    epilog="Examples: onrecord reannotate --plan    "
    "onrecord reannotate --where pipeline_version=1 --where since=2026-01-01"
)
@click.option("--where", multiple=True, metavar="NAME=VALUE", help=f"Which documents; NAME is {', '.join(CONDITIONS)}.")
@click.option("--plan", "dry_run", is_flag=True, help="Only count what is out of date.")
@click.option("--model", help="Name of an installed spaCy pipeline.  [default: the one that came with onrecord]")
@click.option("--workers", type=click.IntRange(0), help="Worker processes; 0 chooses.  [default: 0]")
@click.option("--batch-articles", type=click.IntRange(1), help="Articles in a batch.  [default: 500]")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--verbose", is_flag=True, help="Show Prefect's log lines.")
@data_option
def reannotate(where: tuple[str, ...], dry_run: bool, as_json: bool, verbose: bool, data: str, **given: Any) -> None:
    """Annotate stored documents anew where another model or older rules made their entities and quotes.

    Texts, dates and identities stay. After an interruption the same command goes on where the last one stopped.
    """
    chosen = _options(where, given)
    if dry_run:
        _show_plan(data, chosen, as_json)
        return
    if not verbose:
        os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
    import warehouse  # noqa: PLC0415

    warehouse.open(data)  # tell that there is none before the seconds that the server takes to start
    from flows.reannotate import reannotate as reannotate_flow  # noqa: PLC0415
    from flows.server import prefect_api  # noqa: PLC0415

    with prefect_api():
        report = reannotate_flow(data, chosen)
    if as_json:
        print_json(report.model_dump(mode="json"))
        return
    say(f"{report.documents_annotated:,} of {report.documents_stale:,} documents annotated by {report.model}.")
    for warning, count in report.warnings.items():
        say(f"  left as they were {count:,}: {warning}")
    where_to = f"snapshot {report.snapshot}" if report.snapshot is not None else "nothing new, no snapshot"
    say(f"Warehouse: {data} ({where_to}).")


def _options(where: tuple[str, ...], given: dict[str, Any]) -> "ReannotateOptions":
    from pydantic import ValidationError  # noqa: PLC0415

    from flows.reannotation import ReannotateOptions  # noqa: PLC0415

    conditions: dict[str, Any] = {}
    for one in where:
        name, equals, value = one.partition("=")
        if not equals or name not in CONDITIONS:
            raise click.BadParameter(f"{one!r} is no NAME=VALUE of {', '.join(CONDITIONS)}.", param_hint="--where")
        conditions[name] = (*conditions.get(name, ()), value) if name == "document" else value
    try:
        return ReannotateOptions.model_validate(
            {"where": conditions, **{name: value for name, value in given.items() if value is not None}}
        )
    except ValidationError as error:
        first = error.errors()[0]
        raise click.BadParameter(f"{'.'.join(map(str, first['loc']))}: {first['msg']}.", param_hint="--where") from None


def _show_plan(data: str, chosen: "ReannotateOptions", as_json: bool) -> None:
    from flows.reannotation import make_plan  # noqa: PLC0415

    plan = make_plan(data, chosen)
    words = sum(one.word_count for one in plan.stale)
    if as_json:
        print_json({"documents": len(plan.stale), "words": words, "model": plan.facts.label, "made_by": plan.by_maker})
        return
    say(f"{len(plan.stale):,} documents of {words:,} words would be annotated by {plan.facts.label}.")
    for maker, count in plan.by_maker.items():
        say(f"  {count:,} made by {maker}")
