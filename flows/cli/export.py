"""``onrecord export``: one annotated document for an annotation tool."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flows.cli.common import EXIT_WRONG_USE, ShownError, data_option, save, say

if TYPE_CHECKING:
    from transforms.display.brat import Standoff


@click.command(epilog="Example: onrecord export 479a --format brat -o brat/article.ann")
@click.argument("document_id")
@click.option(
    "--format",
    "form",
    type=click.Choice(["webannotation", "brat"]),
    required=True,
    help="W3C Web Annotation (JSON-LD), or brat standoff.",
)
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file. For brat: NAME.ann, beside which NAME.txt and, if there is none, annotation.conf are written.",
)
@data_option
def export(document_id: str, form: str, output: Path, data: str) -> None:
    """Write one document with its entities and quotes for an annotation tool.

    The first characters of the document_id are enough. Rows of tables: onrecord quotes --csv -o FILE.
    """
    import warehouse  # noqa: PLC0415
    from flows.rows import one_document  # noqa: PLC0415
    from transforms.display.brat import standoff  # noqa: PLC0415
    from transforms.display.web_annotation import annotation_page  # noqa: PLC0415

    if form == "brat" and output.suffix != ".ann":
        raise ShownError("brat wants a name that ends in .ann: -o NAME.ann", EXIT_WRONG_USE)
    found = one_document(warehouse.open(data), document_id)
    if form == "brat":
        _write_brat(standoff(*found), output)
    else:
        save(output, json.dumps(annotation_page(*found), ensure_ascii=False, indent=2) + "\n")
    document, entities, quotes = found
    say(f"{output}: {len(quotes)} quotes, {len(entities)} mentions of {document.document_id}.")


def _write_brat(written: "Standoff", output: Path) -> None:
    """The text first: annotations without it are read by nobody."""
    save(output.with_suffix(".txt"), written.text)
    save(output, written.annotations)
    configuration = output.with_name("annotation.conf")
    if not configuration.exists():
        save(configuration, written.configuration)
