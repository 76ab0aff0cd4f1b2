"""``onrecord up``: the Prefect server, deployments and a worker in one go."""

import os

import click

from flows.cli.common import EXIT_INTERRUPTED, EXIT_WRONG_USE, ShownError, data_option, say


@click.command(
    epilog="Examples: onrecord up --landing inbox --interval 30s    onrecord up --interval '*/10 6-22 * * *'    "
    "PREFECT_API_URL=http://10.0.0.5:4200/api onrecord up --setup-only"
)
@click.option(
    "--landing",
    default="landing",
    show_default=True,
    type=click.Path(file_okay=False),
    help="Folder that the scheduled ingest watches; it is made when it does not exist.",
)
@click.option("--interval", help="How often: 30s, 5m, 2h, 1d, or a cron line.  [default: that of prefect.yaml, 5m]")
@click.option("--port", type=click.IntRange(0, 65535), default=4200, show_default=True, help="0 takes a free one.")
@click.option("--setup-only", is_flag=True, help="Set up the server of PREFECT_API_URL; start nothing.")
@data_option
def up(landing: str, interval: str | None, port: int, setup_only: bool, data: str) -> None:
    """Start a Prefect server with its UI, the deployments and a worker; Ctrl-C stops them all.

    The landing folder is then ingested on schedule, and the warehouse maintained every night.
    """
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "WARNING" if setup_only else "INFO")
    from flows.up import Wanted, set_up_only  # noqa: PLC0415
    from flows.up import up as run_up  # noqa: PLC0415

    wanted = Wanted(landing, data, interval, port)
    try:
        if interval:
            _check(interval)
        (set_up_only if setup_only else run_up)(wanted, say)
    except KeyboardInterrupt:
        raise ShownError("Stopped. Nothing is lost: the next `onrecord up` goes on.", EXIT_INTERRUPTED) from None


def _check(interval: str) -> None:
    """Before the seconds that the server takes to start."""
    from flows.deployments import schedule_of  # noqa: PLC0415

    try:
        schedule_of(interval)
    except ValueError as error:
        raise ShownError(f"--interval: {error}", EXIT_WRONG_USE) from error
