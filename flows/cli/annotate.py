"""``onrecord annotate``: quotes and entities for JSON lines."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flows.cli.common import EXIT_NOT_CLEAN, EXIT_WRONG_USE, ShownError, cell, say, with_gpu
from transforms.annotate.words import ENGINE_WORDS, engine_words

if TYPE_CHECKING:
    from flows.annotate_lines import Line


@click.command(epilog="Example: onrecord annotate articles.jsonl.gz quotes.jsonl")
@click.argument("source", metavar="IN.jsonl", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("target", metavar="OUT.jsonl", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--model", help="Name of an installed spaCy pipeline.  [default: the one that came with onrecord]")
@click.option("--engine", "words", default="fast", show_default=True, help="How spaCy is run; rows are the same.")
@click.option("--gpu", is_flag=True, help="Run the model on a GPU.")
@click.option("--workers", type=click.IntRange(0), default=0, show_default=True, help="Processes; 0 chooses.")
def annotate(source: Path, target: Path, model: str | None, words: str, gpu: bool, workers: int) -> None:
    """Find quotes and entities in lines of {"id": …, "text": …}; no warehouse is needed.

    Each output line has the id, the text, its quotes and its entities, with offsets into the text exactly as given.
    Names that end in .gz are read and written with gzip. Lines that are no such object are told and left out.
    """
    if source.resolve() == target.resolve():
        raise ShownError("IN and OUT are the same file.", EXIT_WRONG_USE)
    if unknown := set(engine_words(words)) - set(ENGINE_WORDS):
        known = ", ".join(ENGINE_WORDS)
        raise ShownError(f"The engine knows no {', '.join(sorted(unknown))}. It knows {known}.", EXIT_WRONG_USE)
    words = with_gpu(words, gpu) or words
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import Progress  # noqa: PLC0415

    from flows.annotate_lines import annotate_lines, open_text, read_lines  # noqa: PLC0415
    from flows.pool import engine_for  # noqa: PLC0415
    from transforms.version import DEFAULT_MODEL  # noqa: PLC0415

    errors: list[Line] = []
    console = Console(stderr=True)
    with open_text(source, "rt") as lines:
        total = sum(1 for line in lines if line.strip())
    beside = target.with_name(f".part-{target.name}")
    with (
        open_text(source, "rt") as lines,
        open_text(beside, "wt") as out,
        engine_for(total, workers) as engine,
        Progress(console=console, transient=True) as progress,
    ):
        task = progress.add_task("annotate", total=total)
        quotes = 0
        for value in annotate_lines(read_lines(lines), model or DEFAULT_MODEL, engine, errors.append, words):
            out.write(json.dumps(value, ensure_ascii=False) + "\n")
            quotes += len(value["quotes"])
            progress.advance(task)
    # Under its name only when it is whole.
    beside.replace(target)
    console.print(cell(f"{total - len(errors):,} texts, {quotes:,} quotes: {target}"))
    for line in errors:
        say(f"{source}:{line.number}: {line.error}", err=True)
    if errors:
        raise ShownError(f"{len(errors)} of {total} lines were left out.", EXIT_NOT_CLEAN)
