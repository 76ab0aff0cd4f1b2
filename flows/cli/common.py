"""What the commands share: the data option, exit codes, errors told in a sentence, tables and JSON."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    import pandas as pd
    from rich.text import Text

EXIT_DONE = 0
EXIT_FAILED = 1
EXIT_WRONG_USE = 2
EXIT_NOT_CLEAN = 3
EXIT_INTERRUPTED = 130
"""128 + SIGINT, as shells expect."""
EXIT_TERMINATED = 143
"""128 + SIGTERM."""
STOPPED = frozenset({EXIT_INTERRUPTED, EXIT_TERMINATED})
"""Codes of what somebody stopped: no error of anybody."""

Command = TypeVar("Command", bound=Callable[..., Any])


class ShownError(Exception):
    """An error that the user is told in one sentence, without a traceback."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


@contextmanager
def errors_shown() -> Iterator[None]:
    """Turn the project's own errors into :class:`ShownError`; wrong use has its own exit code."""
    try:
        yield
    except Exception as error:
        from flows.errors import FlowError, NoSuchDocumentError  # noqa: PLC0415  only now: --help must answer at once
        from transforms.errors import OnrecordError  # noqa: PLC0415
        from warehouse.errors import (  # noqa: PLC0415
            NoSuchSnapshotError,
            NotAWarehouseError,
            SourceNotFoundError,
            WarehouseError,
        )

        if isinstance(error, (SourceNotFoundError, NotAWarehouseError, NoSuchSnapshotError, NoSuchDocumentError)):
            raise ShownError(str(error), EXIT_WRONG_USE) from error
        if isinstance(error, (FlowError, OnrecordError, WarehouseError)):
            raise ShownError(str(error), EXIT_FAILED) from error
        raise


def data_option(command: Command) -> Command:
    """``--data``, else ``ONRECORD_DATA``, else ``data``."""
    return click.option(
        "--data",
        envvar="ONRECORD_DATA",
        default="data",
        show_default=True,
        show_envvar=True,
        type=click.Path(file_okay=False),
        help="Folder of the warehouse.",
    )(command)


def json_option(command: Command) -> Command:
    """``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON lines instead of a table.")(command)


def say(message: object, *, err: bool = False) -> None:
    """One line for people, in which nothing that came from a file can steer the terminal or begin another line."""
    from transforms.display.visible import visible_line  # noqa: PLC0415

    click.echo(visible_line(str(message)), err=err)


def cell(value: object, style: str = "") -> "Text":
    """The same for a table or a coloured line: no control sequence and no markup in it is obeyed."""
    from rich.text import Text  # noqa: PLC0415

    from transforms.display.visible import visible  # noqa: PLC0415

    return Text(visible(str(value)), style=style)


def print_json_lines(frame: "pd.DataFrame") -> None:
    """One JSON object a row; dates in ISO 8601, absent values as null."""
    from transforms.display.visible import visible_json  # noqa: PLC0415

    if not frame.empty:  # pandas would write an empty line, which is no JSON
        lines = frame.to_json(orient="records", lines=True, date_format="iso", force_ascii=False)
        sys.stdout.write(visible_json(lines))


def records(frame: "pd.DataFrame") -> list[dict[str, Any]]:
    """The rows as JSON values."""
    rows: list[dict[str, Any]] = json.loads(frame.to_json(orient="records", date_format="iso"))
    return rows


def print_json(value: object) -> None:
    """One JSON value."""
    from transforms.display.visible import visible_json  # noqa: PLC0415

    click.echo(visible_json(json.dumps(value, ensure_ascii=False, indent=2, default=str)))


def with_gpu(words: str | None, gpu: bool) -> str | None:
    """The words for the engine, with that for a GPU when one is wanted; ends the command when there is none.

    Raises:
        NoGpuError: spaCy finds none; told here, before the seconds that everything else takes to start.
    """
    if not gpu:
        return words
    from transforms.annotate.pipeline import require_gpu  # noqa: PLC0415

    require_gpu()
    return f"{words or 'fast'},gpu"


@contextmanager
def saving(target: Path) -> Iterator[Path]:
    """A place to write to that becomes ``target`` when all is written; its folder is made when it is not there."""
    from flows.atomic import written  # noqa: PLC0415

    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with written(target) as beside:
            yield beside
    except OSError as error:
        raise ShownError(f"{target} cannot be written: {error.strerror or error}.", EXIT_FAILED) from error


def save(target: Path, text: str) -> None:
    """Write a text file, whole or not at all."""
    with saving(target) as beside:
        beside.write_text(text, encoding="utf-8", newline="")
