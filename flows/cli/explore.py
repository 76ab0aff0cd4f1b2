"""``onrecord explore``: a local web page over the warehouse."""

import click

from flows.cli.common import EXIT_INTERRUPTED, ShownError, data_option, say


@click.command(epilog="Example: onrecord explore --data news --port 8080")
@click.option("--port", type=click.IntRange(0, 65535), default=4210, show_default=True, help="0 takes a free one.")
@click.option("--no-browser", is_flag=True, help="Only print the address.")
@data_option
def explore(port: int, no_browser: bool, data: str) -> None:
    """Look into the warehouse in a web browser: speakers, topics, outlets, co-mentions, and its health.

    It reads one snapshot, answers this machine only, and sends nothing anywhere. Ctrl-C ends it.
    Needs the extra explore: pip install 'onrecord[explore]'.
    """
    from flows.explore.server import explore as run  # noqa: PLC0415

    try:
        run(data, port, browser=not no_browser, tell=say)
    except KeyboardInterrupt:
        raise ShownError("Stopped.", EXIT_INTERRUPTED) from None
