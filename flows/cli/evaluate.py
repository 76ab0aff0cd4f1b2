"""``onrecord evaluate``: predicted quotes against your own gold."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flows.cli.common import EXIT_NOT_CLEAN, ShownError, cell, print_json, say

if TYPE_CHECKING:
    from rich.table import Table

    from flows.evaluation import Evaluation, Figures

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(epilog="Example: onrecord evaluate gold.jsonl predicted.jsonl")
@click.argument("gold", type=_FILE)
@click.argument("predicted", metavar="PRED", type=_FILE)
@click.option("--strict", is_flag=True, help="Count fragments of mixed quotes and rows of unknown type as wrong.")
@click.option("--json", "as_json", is_flag=True, help="Print all figures as one JSON value.")
def evaluate(gold: Path, predicted: Path, strict: bool, as_json: bool) -> None:
    """Score predicted quotes and speakers against gold, and tell by phenomenon where they differ.

    Both files hold one {"id", "text", "quotes": [{"start", "end", "type", "speaker_text", …}]} a line, as onrecord
    annotate writes them; names that end in .gz are unpacked. Only ids that both have are scored. The rules are told in
    docs/correcting.md.
    """
    from flows.evaluation import evaluate_files  # noqa: PLC0415

    try:
        found = evaluate_files(gold, predicted, strict=strict)
    except (OSError, UnicodeDecodeError) as error:
        raise click.BadParameter(f"{error}.", param_hint="GOLD or PRED") from error
    if as_json:
        print_json(found.as_json())
    else:
        _print(found)
    if found.other_text:
        say(f"{found.other_text} documents have another text in PRED: their offsets may not fit.", err=True)
    if not found.documents:
        raise ShownError("No id is in both files: nothing was scored.", EXIT_NOT_CLEAN)


def _print(found: "Evaluation") -> None:
    from rich.console import Console  # noqa: PLC0415

    from transforms.evaluation.scoring import View  # noqa: PLC0415

    console = Console(highlight=False)
    left = [f"{found.gold_only:,} only in GOLD"] * bool(found.gold_only)
    left += [f"{found.predicted_only:,} only in PRED"] * bool(found.predicted_only)
    console.print(f"{found.documents:,} documents scored" + (f" ({', '.join(left)})" if left else "") + ".")
    grid = _grid("quotes", "measure", "P", "R", "F1", "right", "predicted", "gold", left=2)
    for view, figures in found.views.items():
        for measure in ("exact", "overlap", "attribution"):
            counts = getattr(figures, measure)
            shares = (f"{share:.3f}" for share in (counts.precision, counts.recall, counts.f1))
            numbers = (f"{number:,}" for number in (counts.right, counts.predicted, counts.gold))
            grid.add_row(view.value, measure, *shares, *numbers)
    everything = found.views[View.ALL]
    types, speakers = everything.confusion.types, everything.confusion.speakers
    for table in (grid, _phenomena(everything), _matrix("type", types), _matrix("speaker", speakers)):
        console.print(table)
        console.print()
    console.print("found: overlaps a prediction; right: found, and the speaker is right; spurious: predicted, no gold.")


def _phenomena(figures: "Figures") -> "Table":
    grid = _grid("phenomenon", "", "gold", "found", "recall", "right", "share", "spurious", left=2)
    last = None
    for phenomenon, value, tally in figures.confusion.rows():
        grid.add_row(
            "" if phenomenon == last else phenomenon.value,
            cell(value),
            f"{tally.gold:,}",
            f"{tally.found:,}",
            _share(tally.recall),
            f"{tally.right:,}",
            _share(tally.attribution),
            f"{tally.spurious:,}",
        )
        last = phenomenon
    return grid


def _matrix(name: str, counts: Counter[tuple[str, str]]) -> "Table":
    """Gold down, predicted across."""
    columns = sorted({predicted for _, predicted in counts}, key=lambda value: (value == "missed", value))
    grid = _grid(f"{name}: gold ↓ predicted →", *columns, left=1)
    for gold in sorted({gold for gold, _ in counts}, key=lambda value: (value == "spurious", value)):
        grid.add_row(cell(gold), *(f"{counts[gold, column]:,}" if counts[gold, column] else "·" for column in columns))
    return grid


def _grid(*names: Any, left: int) -> "Table":
    from rich.table import Table  # noqa: PLC0415

    grid = Table(box=None, padding=(0, 2, 0, 0))
    for number, name in enumerate(names):
        grid.add_column(cell(name), justify="left" if number < left else "right")
    return grid


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
