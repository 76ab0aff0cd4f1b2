"""``onrecord compact`` and ``onrecord forget``: look after the tables."""

import click

from flows.cli.common import ShownError, data_option, print_json, say

SHORTEST_PREFIX = 8
"""Of an id, so that a slip of the finger takes nothing down."""


@click.command(epilog="Example: onrecord compact --data news")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@data_option
def compact(as_json: bool, data: str) -> None:
    """Merge small files, so that queries open fewer. Rows do not change, and readers are not disturbed.

    Commits do the same by themselves where a month has more than 32 files.
    """
    import warehouse  # noqa: PLC0415

    result = warehouse.compact(data)
    if as_json:
        print_json({"snapshot": result.snapshot, "bytes_written": result.bytes_written, "months": result.partitions})
    elif result.snapshot is None:
        say(f"{data} is compact: nothing to merge.")
    else:
        say(f"Snapshot {result.snapshot}: {result.bytes_written / 1e6:,.1f} MB written anew.")


@click.command(epilog="Example: onrecord forget 5f0c2b7d9e41a683 --reason 'court order 12/26'")
@click.argument("document_ids", nargs=-1, required=True, metavar="DOCUMENT_ID...")
@click.option("--reason", help="Noted in the table `forgotten`; write nothing private.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@data_option
def forget(document_ids: tuple[str, ...], reason: str | None, as_json: bool, data: str) -> None:
    """Take documents down: out of all tables, older snapshots and staged batches, and kept out of later runs.

    The first characters of an id do, 8 at least. The landing files are yours to delete; copies of the same text under
    other ids stay, and are named.
    """
    import warehouse  # noqa: PLC0415

    result = warehouse.forget(data, [_whole(data, given) for given in document_ids], reason=reason)
    if as_json:
        print_json(
            {
                "snapshot": result.snapshot,
                "documents": result.documents,
                "already": result.already,
                "copies_left": result.copies_left,
            }
        )
        return
    say(f"{len(result.documents)} taken down, {len(result.already)} had been before.")
    if result.copies_left:
        say("The same text is still stored under: " + ", ".join(result.copies_left))


def _whole(data: str, given: str) -> str:
    """The id that begins with what was given; the same when none does, as it may be staged or taken down already."""
    import warehouse  # noqa: PLC0415

    found = warehouse.open(data).document_ids(given) if len(given) >= SHORTEST_PREFIX else []
    if len(found) > 1 and given not in found:
        raise ShownError(f"{len(found)} documents begin with {given!r}: give more of it.", 2)
    return found[0] if len(found) == 1 else given
