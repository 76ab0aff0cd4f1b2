"""``onrecord entities``: mentions, entities across documents, and what people decide about these."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flows.cli.common import EXIT_WRONG_USE, ShownError, data_option, json_option, print_json, print_json_lines, say
from flows.cli.query import LINES, Delivery, file_options, open_snapshot, period, print_rows

if TYPE_CHECKING:
    import pandas as pd

    from transforms.linking.records import EntityDecision
    from warehouse import Warehouse

MENTION_COLUMNS = ["published_on", "canonical_name", "label", "text", "document_id"]
CANONICAL_COLUMNS = {
    "entity_id": "entity_id",
    "name": "name",
    "label": "label",
    "country_code": "country",
    "mention_count": "mentions",
    "quote_count": "quotes",
    "document_count": "documents",
}
DECISION_COLUMNS = ["decision_id", "decided_at", "kind", "entity_id", "other_entity_id", "names", "canonical_name"]


@click.command(
    epilog="""\b
Examples:
  onrecord entities --label PERSON --name Lavrov
  onrecord entities --canonical --label PERSON --since 2026-01-01
  onrecord entities --canonical --country UA --json
  onrecord entities --merge "Ada Marsh" "A. J. Marsh" --reason "same byline"
  onrecord entities --split 5f0c2b7d --name "Ada Marsh Jr."
  onrecord entities --aliases names.csv
  onrecord entities --rebuild
""",
)
@click.option("--name", "names", multiple=True, help="Part of the name, in any case; with --split: a whole name.")
@click.option("--label", help="Only this label, e.g. PERSON, ORG, GPE.")
@click.option("--entity", "entity_id", help="Only the mentions of the entity with this id.")
@click.option("--canonical", is_flag=True, help="List entities across documents with their counts, not mentions.")
@click.option("--country", help="With --canonical: ISO code of a country; finds its people, too.")
@click.option("--decisions", is_flag=True, help="List what people decided.")
@click.option("--rebuild", is_flag=True, help="Link all mentions anew, as the flow maintain does.")
@click.option("--merge", nargs=2, metavar="A B", help="Make B part of A: ids, or whole names. Rebuilds.")
@click.option("--split", metavar="ID", help="Make the names given by --name an entity of their own. Rebuilds.")
@click.option(
    "--aliases",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Take in a CSV or Parquet file: alias, canonical_name, label, external_id. Rebuilds.",
)
@click.option("--revoke", metavar="DECISION_ID", multiple=True, help="Let a decision count no longer. Rebuilds.")
@click.option("--by", envvar="USER", help="Who decides; noted with the decision.  [default: the user]")
@click.option("--reason", help="Why; noted with the decision.")
@period
@file_options
@data_option
@json_option
def entities(
    names: tuple[str, ...],
    label: str | None,
    entity_id: str | None,
    canonical: bool,
    country: str | None,
    decisions: bool,
    rebuild: bool,
    merge: tuple[str, str] | None,
    split: str | None,
    aliases: Path | None,
    revoke: tuple[str, ...],
    by: str | None,
    reason: str | None,
    since: datetime | None,
    until: datetime | None,
    document_id: str | None,
    snapshot: int | None,
    as_of: datetime | None,
    limit: int | None,
    data: str,
    as_json: bool,
    **to_file: Any,
) -> None:
    """Who and what is mentioned: list mentions, newest first, or entities across documents, most mentioned first.

    Names of different documents are linked by the flow maintain or by --rebuild. What --merge, --split and --aliases
    decide is kept, and wins at every rebuild. --since and --until with --canonical: seen since, or until then.
    """
    actions = [bool(one) for one in (canonical, decisions, rebuild, merge, split, aliases, revoke)]
    if sum(actions) > 1:
        raise ShownError("Give one of --canonical, --decisions, --rebuild, --merge, --split, --aliases, --revoke.", 2)
    if split and not names:
        raise ShownError("--split needs --name: which names become an entity of their own?", EXIT_WRONG_USE)
    if len(names) > 1 and not split:
        raise ShownError("Several --name go with --split only.", EXIT_WRONG_USE)
    if country and not canonical:
        raise ShownError("--country goes with --canonical.", EXIT_WRONG_USE)
    if sum(actions) and (to_file["output"] or to_file["form"] or to_file["columns"]):
        raise ShownError("-o and its options are for mentions; --canonical prints, with --json for programs.", 2)
    opened = open_snapshot(data, snapshot, as_of)
    if rebuild or merge or split or aliases or revoke:
        _rebuild(opened, data, _decided(opened, merge, split, names, aliases, by, reason), revoke, as_json)
        return
    if decisions:
        _print(opened.entity_decisions(), as_json, DECISION_COLUMNS)
        return
    name = names[0] if names else None
    if canonical:
        frame = opened.canonical_entities(
            name=name, label=label, country=country, since=since, until=until, entity_id=entity_id, limit=limit or LINES
        )
        if frame.empty and not as_json:
            say("No rows. Entities are linked by: onrecord entities --rebuild")
            return
        shown = frame if as_json else frame.rename(columns=CANONICAL_COLUMNS)
        _print(shown, as_json, list(CANONICAL_COLUMNS.values()))
        return
    filters = {
        "name": name,
        "label": label,
        "since": since,
        "until": until,
        "document_id": document_id,
        "entity_id": entity_id,
    }
    delivery = Delivery(data, snapshot, as_of, limit, as_json, **to_file)
    delivery.deliver("entities", MENTION_COLUMNS, filters)


def _decided(
    opened: "Warehouse",
    merge: tuple[str, str] | None,
    split: str | None,
    names: tuple[str, ...],
    file: Path | None,
    by: str | None,
    reason: str | None,
) -> "list[EntityDecision]":
    from flows import entity_decisions  # noqa: PLC0415

    if merge:
        return [entity_decisions.merged(opened, *merge, by, reason)]
    if split:
        return [entity_decisions.split(opened, split, names, by, reason)]
    return entity_decisions.aliases(opened, file, by, reason) if file else []


def _rebuild(
    opened: "Warehouse", data: str, add: "list[EntityDecision]", revoke: tuple[str, ...], as_json: bool
) -> None:
    from flows.linking import rebuild  # noqa: PLC0415

    known = list(opened.entity_decisions()["decision_id"]) if revoke else []
    revoke = tuple(_whole(known, given) for given in revoke)
    result = rebuild(data, add=add, revoke=revoke)
    if as_json:
        print_json({**asdict(result), "added": [asdict(one) for one in add], "revoked": revoke})
        return
    for one in add:
        say(f"Noted as decision {one.decision_id}.")
    if result.snapshot is None:
        say(f"Nothing changed: {result.entities:,} entities in snapshot {opened.snapshot}.")
    else:
        say(
            f"Snapshot {result.snapshot}: {result.entities:,} entities of {result.linked:,} mentions (of "
            f"{result.mentions:,}) and {result.quotes:,} quotes; {result.bytes_written / 1e6:,.1f} MB written."
        )


def _whole(known: list[str], given: str) -> str:
    """The id that begins with what was given; the same where none does, or several."""
    found = [one for one in known if one.startswith(given)]
    return found[0] if len(found) == 1 else given


def _print(frame: "pd.DataFrame", as_json: bool, columns: list[str]) -> None:
    if as_json:
        print_json_lines(frame)
    else:
        print_rows(frame, columns)
