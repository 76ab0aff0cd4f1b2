"""``onrecord ingest``: run the ingest flow from the terminal."""

import os
import shlex
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from flows.cli.common import (
    EXIT_INTERRUPTED,
    EXIT_NOT_CLEAN,
    EXIT_TERMINATED,
    EXIT_WRONG_USE,
    ShownError,
    data_option,
    print_json,
    say,
    with_gpu,
)

if TYPE_CHECKING:
    from rich.console import Console

    from flows.options import IngestOptions
    from flows.report import IngestReport


@click.command(
    epilog="Examples: onrecord ingest seeds/    onrecord ingest 'landing/2024-*/*.jsonl.gz' extra.zip --data news"
)
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@data_option
@click.option("--model", help="Name of an installed spaCy pipeline.  [default: the one that came with onrecord]")
@click.option("--engine", help="How spaCy is run: fast, plain, no-parser …; rows are the same.  [default: fast]")
@click.option("--gpu", is_flag=True, help="Run the model on a GPU.")
@click.option("--workers", type=click.IntRange(0), help="Worker processes; 0 chooses.  [default: 0]")
@click.option("--batch-articles", type=click.IntRange(1), help="Articles in a batch.  [default: 500]")
@click.option("--batch-megabytes", type=click.IntRange(1), help="Megabytes of raw files in a batch.  [default: 16]")
@click.option(
    "--record-seconds", type=click.FloatRange(0, min_open=True), help="Time limit for one record.  [default: 30]"
)
@click.option("--worker-megabytes", type=click.IntRange(256), help="Memory for a worker process.  [default: 2048]")
@click.option("--runner", type=click.Choice(["local", "dask"]), help="Where batches are worked on.  [default: local]")
@click.option("--dask-address", help="Address of the Dask scheduler, e.g. tcp://10.0.0.5:8786.")
@click.option(
    "--keep-staged-days",
    type=click.FloatRange(0),
    help="Age at which staged batches go that no run can use.  [default: 7]",
)
@click.option("--day-first/--month-first", default=None, help="How to read 03/04/2024.  [default: not at all]")
@click.option(
    "--fields",
    metavar="PAIRS|FILE",
    help="Names of fields in JSON and CSV: title=headline,text=body, or a file with one pair a line.",
)
@click.option("--default-zone", help="Zone of times that name none, such as Europe/Berlin.  [default: unknown]")
@click.option("--future-days", type=click.IntRange(0, 366), help="Days ahead that a date may lie.  [default: 2]")
@click.option("--reread", is_flag=True, default=None, help="Read unchanged files again.")
@click.option("--retry-rejects", is_flag=True, default=None, help="Read files with rejects again.")
@click.option("--retry-reason", help="Only those refused for this reason.", hidden=True)
@click.option("--plan", "plan_only", is_flag=True, help="Tell what would be read, in how many batches; write nothing.")
@click.option("--strict", is_flag=True, help=f"Exit with {EXIT_NOT_CLEAN} when a record was rejected.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--verbose", is_flag=True, help="Show Prefect's log lines.")
def ingest(
    sources: tuple[str, ...],
    data: str,
    gpu: bool,
    plan_only: bool,
    strict: bool,
    as_json: bool,
    verbose: bool,
    **options: Any,
) -> None:
    """Read raw articles from folders, files, glob patterns or URLs into the warehouse.

    Unchanged files are not read again. After an interruption the same command goes on where the last one stopped.
    """
    begin = time.perf_counter()
    others = sorted(name for name in READING_OPTIONS if options[name] is not None)
    if not verbose:
        # The run page has them all; errors too, which Prefect would print with a traceback beside our sentence.
        os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
    options["fields"] = _checked_fields(options["fields"])
    options["engine"] = with_gpu(options["engine"], gpu)
    chosen = _options(options)
    if plan_only:
        _print_plan(list(sources), data, chosen, as_json)
        return
    _check_sources(sources)
    if not as_json and sys.stderr.isatty():
        click.echo("Starting Prefect and the language model …", err=True)
    from flows.server import prefect_api  # noqa: PLC0415

    with interruptions_told(), prefect_api(meanwhile=lambda: _prepare(chosen)):
        ready = time.perf_counter() - begin
        report = _run(list(sources), data, chosen, quiet=as_json)
    _print(report, ready, as_json=as_json)
    if not as_json:
        _hint(report, list(sources), others)
    if strict and not report.clean:
        raise ShownError(f"{sum(report.rejects.values())} records were rejected.", EXIT_NOT_CLEAN)


def _prepare(options: "IngestOptions") -> None:
    """Load Prefect, Arrow and the flow, and in a first worker the model: seconds that the server takes anyway."""
    import flows.ingest  # noqa: F401, PLC0415
    from flows.batch import load_model  # noqa: PLC0415
    from flows.options import RunnerKind  # noqa: PLC0415
    from flows.pool import start_ahead  # noqa: PLC0415

    if options.runner is RunnerKind.LOCAL:
        start_ahead(load_model, (options.model, options.engine))


def _options(given: dict[str, Any]) -> "IngestOptions":
    from pydantic import ValidationError  # noqa: PLC0415

    from flows.options import IngestOptions  # noqa: PLC0415

    try:
        return IngestOptions.model_validate({name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        told = "; ".join(str(item["msg"]).removeprefix("Value error, ") for item in error.errors())
        raise ShownError(told, EXIT_WRONG_USE) from None


@contextmanager
def interruptions_told() -> Iterator[None]:
    """Ctrl-C and SIGTERM end the run in order, with a sentence that says how to go on."""
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    except KeyboardInterrupt as interruption:
        # With all of its options: another batch size would cut other batches than those that are finished.
        message = f"Interrupted. Finished batches are kept; to go on: onrecord {shlex.join(sys.argv[1:])}"
        code = EXIT_TERMINATED if interruption.args else EXIT_INTERRUPTED
        raise ShownError(message, code) from None
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupt(number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt(number)


def _check_sources(sources: tuple[str, ...]) -> None:
    """Tell a missing source before the seconds that the server takes to start."""
    from warehouse.landing import check  # noqa: PLC0415

    check(sources)


def _print_plan(sources: list[str], data: str, options: "IngestOptions", as_json: bool) -> None:
    from dataclasses import asdict  # noqa: PLC0415

    from flows.outlook import preview  # noqa: PLC0415

    told = preview(sources, data, options)
    if as_json:
        print_json(asdict(told))
        return
    for line in told.lines():
        say(line)


def _checked_fields(value: str | None) -> str | None:
    """The mapping itself: what runs on another machine has no use for the name of a file on this one."""
    from transforms.read.options import FieldMapError, parse_fields  # noqa: PLC0415

    if value is None:
        return None
    try:
        text = Path(value).read_text(encoding="utf-8") if "=" not in value else value
        parse_fields(text)
    except (FieldMapError, OSError, UnicodeError) as error:
        raise click.BadParameter(str(error), param_hint="--fields") from None
    return text


def _run(sources: list[str], data: str, options: "IngestOptions", *, quiet: bool) -> "IngestReport":
    from rich.console import Console  # noqa: PLC0415

    from flows.ingest import ingest as ingest_flow  # noqa: PLC0415
    from flows.progress import current_listener  # noqa: PLC0415

    with TerminalListener(Console(stderr=True, quiet=quiet)) as listener:
        token = current_listener.set(listener)
        try:
            return ingest_flow(sources, data, options)
        finally:
            current_listener.reset(token)


READING_OPTIONS = frozenset({"fields", "day_first", "default_zone", "future_days", "record_seconds", "model"})
"""Options with which a file gives other rows than without them."""


def _hint(report: "IngestReport", sources: list[str], given: list[str]) -> None:
    """What a newcomer would look up next."""
    if "no_text_field" in report.rejects:
        say("")
        say("No field of a known name holds the text of some records. Name it, and read them again:")
        command = ["onrecord", "ingest", *sources, "--data", report.data, "--fields", "text=NAME", "--retry-rejects"]
        say(f"    {shlex.join(command)}")
    elif given and report.counts.get("files_unchanged") and not report.counts.get("records_read"):
        options = ", ".join(f"--{name.replace('_', '-')}" for name in given)
        say("")
        say(f"Unchanged files are not read again because of {options}. To read them again: --reread for all,")
        say("--retry-rejects for those with rejects.")


TELLING_SECONDS = 20
"""Annotation shorter than this is mostly the start of the workers: words by second would say little of the speed."""


class TerminalListener:
    """Shows the stages of a run and a progress bar of its records."""

    def __init__(self, console: "Console") -> None:
        from rich.progress import (  # noqa: PLC0415
            BarColumn,
            MofNCompleteColumn,
            Progress,
            SpinnerColumn,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        self._progress: Progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=console,
            transient=True,
        )
        self._task = self._progress.add_task("start", total=None)

    def __enter__(self) -> "TerminalListener":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def stage(self, name: str) -> None:
        """Show the name of the stage."""
        self._progress.update(self._task, description=name)

    def planned(self, records: int, unchanged: int) -> None:  # noqa: ARG002  part of the protocol
        """Set the length of the bar."""
        self._progress.update(self._task, total=records or None)

    def advanced(self, records: int) -> None:
        """Move the bar."""
        self._progress.advance(self._task, records)


def _print(report: "IngestReport", ready: float, *, as_json: bool) -> None:
    if as_json:
        print_json({**report.model_dump(mode="json"), "start_seconds": round(ready, 2)})
        return
    counts = report.counts
    say(
        f"{counts.get('files_found', 0):,} files found: {counts.get('files_unchanged', 0):,} unchanged, "
        f"{counts.get('files_skipped', 0):,} skipped; {counts.get('records_read', 0):,} records read."
    )
    say(
        f"Documents: {counts.get('documents_added', 0):,} added, {counts.get('documents_replaced', 0):,} replaced, "
        f"{counts.get('documents_removed', 0):,} removed, {counts.get('documents_unchanged', 0):,} unchanged; "
        f"{counts.get('quotes_added', 0):,} quotes, {counts.get('entities_added', 0):,} entities, "
        f"{sum(report.rejects.values()):,} rejects."
    )
    for reason, count in report.skipped.items():
        say(f"  skipped {count:,}: {reason}")
    for reason, count in report.rejects.items():
        say(f"  rejected {count:,}: {reason}")
    if report.rejects:
        say(f"  look at them: {shlex.join(['onrecord', 'rejects', '--data', report.data])}")
    stages = ", ".join(f"{name} {seconds:.1f}" for name, seconds in report.seconds.items())
    long = report.seconds.get("annotate", 0) >= TELLING_SECONDS
    speed = f"; {report.words_per_second:,.0f} words/s while annotating" if long else ""
    say(f"Seconds: start {ready:.1f}, {stages}{speed}.")
    where = f"snapshot {report.snapshot}" if report.snapshot is not None else "nothing new, no snapshot"
    say(f"Warehouse: {report.data} ({where}). Read it with:")
    say("")
    for line in report.pandas_lines():
        say(f"    {line}")
