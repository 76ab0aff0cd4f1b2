"""``onrecord show``: an article with its quotes, cues and speakers marked."""

from typing import TYPE_CHECKING, Any

import click

from flows.cli.common import EXIT_WRONG_USE, ShownError, data_option, print_json, records

if TYPE_CHECKING:
    import pandas as pd
    from rich.text import Text

_STYLES = {
    "direct": "black on bright_yellow",
    "mixed": "black on bright_cyan",
    "indirect": "black on bright_green",
    "cue": "bold magenta",
    "speaker": "bold underline blue",
}
_QUOTE_TYPES = ("direct", "mixed", "indirect")


@click.command(epilog="Example: onrecord show 0a60  (the first characters of a document_id are enough)")
@click.argument("document_id")
@click.option("--json", "as_json", is_flag=True, help="Print the document with its quotes and entities as JSON.")
@click.option("--svg", type=click.Path(dir_okay=False), help="Save what is printed as a picture, too.")
@data_option
def show(document_id: str, as_json: bool, svg: str | None, data: str) -> None:
    """Print an article with its quotes, cues and speakers marked, and a list of who said what."""
    import warehouse  # noqa: PLC0415

    opened = warehouse.open(data)
    found = opened.document_ids(document_id)
    if len(found) != 1:
        many = f"{len(found)} documents begin" if found else "No document begins"
        hint = "Give more characters." if found else "List them with: onrecord documents"
        raise ShownError(f"{many} with {document_id!r}. {hint}", EXIT_WRONG_USE)
    rows = opened.documents(document_id=found[0])
    document = rows.iloc[0]
    quotes = opened.quotes(document_id=found[0]).sort_values("quote_index")
    if as_json:
        entities = opened.entities(document_id=found[0]).sort_values("start")
        print_json({"document": records(rows)[0], "quotes": records(quotes), "entities": records(entities)})
        return
    _print(document, quotes, svg)


def _print(document: "pd.Series[str]", quotes: "pd.DataFrame", svg: str | None) -> None:
    from rich.console import Console  # noqa: PLC0415
    from rich.rule import Rule  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    console = Console(highlight=False, record=svg is not None)
    head = [document["title"], document["publisher"], _day(document), document["document_id"]]
    console.print(Rule(Text(" · ".join(part for part in head if isinstance(part, str) and part))))
    console.print(marked(str(document["text"]), quotes))
    console.print(Rule())
    console.print(Text.assemble(*((f" {name} ", style) for name, style in _STYLES.items())))
    row: Any
    for row in quotes.itertuples():
        who = row.speaker_canonical or row.speaker or "nobody named"
        said = f"{row.speaker} · {row.cue}" if row.speaker and row.cue else row.speaker or row.cue or "no cue"
        line = f"{row.quote_index:>3}  {who} ({said}; {row.quote_type}, {row.attribution_method}, {row.confidence:.2f})"
        console.print(Text(line, style="bold"))
        console.print(Text(f"     {row.content}"))
    if svg is not None:
        console.save_svg(svg, title=f"onrecord show {document['document_id'][:8]}")


def _day(document: "pd.Series[str]") -> str:
    import pandas as pd  # noqa: PLC0415

    published = document["published_on"]
    return "no date" if pd.isna(published) else f"{published:%Y-%m-%d}"


def marked(text: str, quotes: "pd.DataFrame") -> "Text":
    """The text with the spans of ``quotes`` coloured: by type, the cue and the speaker on top."""
    from rich.text import Text  # noqa: PLC0415

    styled = Text(text)
    row: Any
    for kind in reversed(_QUOTE_TYPES):  # a direct quote inside an indirect one keeps its own colour
        for row in quotes[quotes["quote_type"] == kind].itertuples():
            styled.stylize(_STYLES[kind], row.content_start, row.content_end)
    for row in quotes.itertuples():
        for part in ("cue", "speaker"):
            start, end = getattr(row, f"{part}_start"), getattr(row, f"{part}_end")
            if start >= 0:
                styled.stylize(_STYLES[part], start, end)
    return styled
