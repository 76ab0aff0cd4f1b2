"""The ``onrecord`` command. Its modules import nothing heavy at the top, so that ``--help`` answers at once."""

import sys
from io import StringIO
from typing import NoReturn

import click

from flows.cli.annotate import annotate
from flows.cli.common import EXIT_FAILED, EXIT_INTERRUPTED, STOPPED, ShownError, errors_shown, say
from flows.cli.entities import entities
from flows.cli.evaluate import evaluate
from flows.cli.explore import explore
from flows.cli.export import export
from flows.cli.ingest import ingest
from flows.cli.maintenance import compact, forget
from flows.cli.publish import publish
from flows.cli.query import documents, quotes
from flows.cli.reannotate import reannotate
from flows.cli.rejects import rejects
from flows.cli.show import show
from flows.cli.status import status
from flows.cli.tables import tables
from flows.cli.up import up
from flows.cli.verify import verify
from flows.collector import collect_rarely


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="onrecord", message="%(prog)s %(version)s")
def cli() -> None:
    """Turn raw news articles into Parquet tables of documents, entities and quotes, and look into them.

    \b
    Begin with:
      onrecord ingest seeds/
      onrecord quotes --speaker Lavrov
    """


COMMANDS = (
    ingest,
    annotate,
    quotes,
    entities,
    documents,
    rejects,
    show,
    export,
    evaluate,
    explore,
    status,
    verify,
    publish,
    tables,
    reannotate,
    compact,
    forget,
    up,
)
for command in COMMANDS:
    cli.add_command(command)


def _show(error: click.ClickException) -> None:
    """What click says of wrong use; the shell writes the names of files into commands, and click repeats them."""
    from transforms.display.visible import visible  # noqa: PLC0415

    told = StringIO()
    error.show(told)
    click.echo(visible(told.getvalue()), nl=False, err=True)


def main() -> NoReturn:
    """Run the command; errors that we foresee are told in a sentence, the rest keep their traceback."""
    collect_rarely()
    try:
        with errors_shown():
            cli(prog_name="onrecord", standalone_mode=False)
    except click.ClickException as error:
        _show(error)
        sys.exit(error.exit_code)
    except ShownError as error:
        say(error if error.exit_code in STOPPED else f"Error: {error}", err=True)
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        click.echo("Interrupted.", err=True)  # on a new line: click has ended the one with the ^C
        sys.exit(EXIT_INTERRUPTED)
    except BrokenPipeError:
        # The reader (head, less) has enough; Python would complain again at exit without this.
        sys.stderr.close()
        sys.exit(EXIT_FAILED)
    sys.exit(0)
