"""``onrecord show``: an article with its quotes, cues, speakers and entities marked."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flows.cli.common import EXIT_WRONG_USE, ShownError, data_option, print_json, records, save, say

if TYPE_CHECKING:
    from rich.text import Text

    from transforms.records import Document, Entity, Quote
    from warehouse import Warehouse

_QUOTES = {
    "direct": "black on bright_yellow",
    "mixed": "black on bright_cyan",
    "indirect": "black on bright_green",
}
_PARTS = {"cue": "bold magenta", "speaker": "bold underline blue"}
# Slanted, so that they are seen on the grounds of quotes, too, which take the colour away.
_ENTITIES = {
    "person": "italic green",
    "organisation": "italic yellow",
    "place": "italic cyan",
    "other": "italic bright_black",
}
_NOT_PROSE = "dim"
_LEGEND = {**_QUOTES, **_PARTS, **_ENTITIES, "not prose": _NOT_PROSE}


@click.command(epilog="Example: onrecord show 479a  (the first characters of a document_id are enough)")
@click.argument("document_id")
@click.option("--html", is_flag=True, help="Write a web page that needs nothing else, to look at or to print.")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the page goes.  [default: the document_id with .html]",
)
@click.option("--json", "as_json", is_flag=True, help="Print the document with its quotes and entities as JSON.")
@click.option("--svg", type=click.Path(dir_okay=False), help="Save what is printed as a picture, too.")
@data_option
def show(document_id: str, html: bool, output: Path | None, as_json: bool, svg: str | None, data: str) -> None:
    """Print an article with its quotes, cues, speakers and entities marked, and a list of who said what."""
    import warehouse  # noqa: PLC0415
    from flows.rows import one_document  # noqa: PLC0415

    if output is not None and not html:
        raise ShownError("-o is for --html.", EXIT_WRONG_USE)
    opened = warehouse.open(data)
    document, entities, quotes = one_document(opened, document_id)
    if as_json:
        _print_json(opened, document.document_id)
    elif html:
        target = output or Path(f"{document.document_id}.html")
        save(target, page_of(opened, document, entities, quotes))
        say(f"{target}: {len(quotes)} quotes, {len(entities)} mentions.")
    else:
        _print(document, entities, quotes, svg)


def page_of(opened: "Warehouse", document: "Document", entities: Sequence["Entity"], quotes: Sequence["Quote"]) -> str:
    """The web page of a document."""
    from transforms.display.page import Origin, page  # noqa: PLC0415

    return page(document, entities, quotes, Origin(opened.snapshot, opened.created_at))


def _print_json(opened: "Warehouse", document_id: str) -> None:
    quotes = opened.quotes(document_id=document_id).sort_values("quote_index")
    entities = opened.entities(document_id=document_id).sort_values("start")
    (document,) = records(opened.documents(document_id=document_id))
    print_json({"document": document, "quotes": records(quotes), "entities": records(entities)})


def _print(document: "Document", entities: Sequence["Entity"], quotes: Sequence["Quote"], svg: str | None) -> None:
    from rich.console import Console  # noqa: PLC0415
    from rich.rule import Rule  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    from transforms.display.page import how, who  # noqa: PLC0415
    from transforms.display.visible import visible  # noqa: PLC0415

    console = Console(highlight=False, record=svg is not None)
    day = f"{document.published_on:%Y-%m-%d}" if document.published_on else "no date"
    facts = " · ".join(part for part in (document.publisher, day, document.document_id) if part)
    if document.title:
        console.print(Text(visible(document.title), style="bold"))
    console.print(Text(visible(facts)))
    console.print(Rule())
    console.print(marked(document, entities, quotes))
    console.print(Rule())
    if console.color_system or svg is not None:
        console.print(Text(" ").join(Text(f" {name} ", style) for name, style in _LEGEND.items()))
    for quote in quotes:
        console.print(Text(visible(f"{quote.quote_index:>3}  {who(quote)} ({how(quote)})"), style="bold"))
        console.print(Text(visible(f"     {quote.content}")))
    if svg is not None:
        console.save_svg(svg, title=f"onrecord show {document.document_id[:8]}")


def marked(document: "Document", entities: Sequence["Entity"], quotes: Sequence["Quote"]) -> "Text":
    """The text with its spans coloured: what is not prose, entities, quotes by type, the cue and the speaker on top."""
    from rich.text import Text  # noqa: PLC0415

    from transforms.display.layers import entity_group  # noqa: PLC0415
    from transforms.display.visible import visible_characters  # noqa: PLC0415

    styled = Text(document.text)
    for span in document.marked_spans:
        styled.stylize(_NOT_PROSE, span.start, span.end)
    for entity in entities:
        styled.stylize(_ENTITIES[entity_group(entity.label)], entity.start, entity.end)
    for kind in reversed(_QUOTES):  # a direct quote inside an indirect one keeps its own colour
        for quote in quotes:
            if quote.quote_type == kind:
                styled.stylize(_QUOTES[kind], quote.content_start, quote.content_end)
    for quote in quotes:
        if quote.cue_start >= 0:
            styled.stylize(_PARTS["cue"], quote.cue_start, quote.cue_end)
        if quote.speaker_start >= 0:
            styled.stylize(_PARTS["speaker"], quote.speaker_start, quote.speaker_end)
    return _made_visible(styled, visible_characters(document.text))


def _made_visible(styled: "Text", shown: list[str]) -> "Text":
    """The same with what acts replaced, its colours moved along."""
    from itertools import accumulate  # noqa: PLC0415

    from rich.text import Span, Text  # noqa: PLC0415

    places = list(accumulate(map(len, shown), initial=0))
    spans = [Span(places[span.start], places[span.end], span.style) for span in styled.spans]
    return Text("".join(shown), spans=spans)
