"""The server of ``onrecord explore``: Streamlit's page, and the marked articles beside it, on loopback."""

import socket
import webbrowser
from collections.abc import Callable
from contextlib import closing
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from threading import Thread

from flows.errors import ExplorerPortTakenError, MissingExtraError

HOST = "127.0.0.1"
SCRIPT = Path(__file__).parent / "script" / "explorer.py"
VIEWS = "flows.explore.views.frame"
"""What the script imports."""
PACKAGES = ("streamlit", "duckdb", "altair")

SETTINGS: dict[str, object] = {
    # Nothing leaves the machine, neither from the server nor from the page.
    "browser.gatherUsageStats": False,
    "server.address": HOST,
    "server.headless": True,
    "server.showEmailPrompt": False,
    "server.enableAgentApi": False,
    "client.showErrorLinks": False,
    # A tool, not a workshop: no menu of developers, no watching of our own files.
    "client.toolbarMode": "minimal",
    "global.developmentMode": False,
    "runner.magicEnabled": False,
    "server.fileWatcherType": "none",
    "logger.level": "error",
    # Its own red is too pale on its own pale red.
    "theme.light.primaryColor": "#1a56b0",
    "theme.dark.primaryColor": "#8ab8ff",
}
"""Streamlit's options; they win over what a user has in ``config.toml``."""

STOP_SECONDS = 2


def check_packages() -> None:
    """Whether the extra is installed.

    Raises:
        MissingExtraError: when it is not.
    """
    if any(find_spec(name) is None for name in PACKAGES):
        raise MissingExtraError("The explorer", "explore")


def explore(data: str, port: int, *, browser: bool, tell: Callable[[str], None]) -> None:
    """Serve the explorer until it is interrupted.

    Args:
        data: the warehouse folder.
        port: 0 takes a free one.
        browser: whether to open a web browser on it.
        tell: gets a line when the page can be opened.

    Raises:
        MissingExtraError, ExplorerPortTakenError: it cannot start.
        NotAWarehouseError, NewerVersionError: there is nothing to show; see :func:`warehouse.open`.
        KeyboardInterrupt: it was interrupted, and has ended in order.
    """
    check_packages()
    from flows.explore.served import serve  # noqa: PLC0415  the extra is there

    served = serve(data)
    newest = served.newest()
    with closing(_listening(port)) as listening:
        served.database(newest)  # it begins to get warm
        url = f"http://{HOST}:{listening.getsockname()[1]}"
        tell(f"Snapshot {newest} of {data} at {url} (Ctrl-C ends it)")
        try:
            _run(listening, url, browser)
        finally:
            served.close()


def _listening(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
        listening.listen()
    except OSError as error:
        listening.close()
        raise ExplorerPortTakenError(port, error.strerror or "refused") from error
    return listening


def _run(listening: socket.socket, url: str, browser: bool) -> None:
    import streamlit  # noqa: PLC0415  an optional dependency, and slow to load
    import streamlit.config  # noqa: PLC0415
    import uvicorn  # noqa: PLC0415
    from starlette.middleware import Middleware  # noqa: PLC0415
    from starlette.routing import Route  # noqa: PLC0415

    from flows.explore.guard import Guard  # noqa: PLC0415
    from flows.explore.preload import Preload, chunks  # noqa: PLC0415
    from flows.explore.routes import article  # noqa: PLC0415

    # Charts and widgets take longer to import than to draw: beside the server's start, not within the first view.
    Thread(target=import_module, args=(VIEWS,), name="onrecord-explore-views", daemon=True).start()
    for name, value in SETTINGS.items():
        streamlit.config.set_option(name, value)
    port = listening.getsockname()[1]
    hosts = [f"{name}:{port}" for name in (HOST, "localhost")]
    app = streamlit.App(
        SCRIPT,
        routes=[Route("/article/{document_id}", article)],
        middleware=[
            Middleware(Guard, hosts=hosts),
            Middleware(Preload, files=chunks(Path(streamlit.__file__).parent / "static" / "static" / "js")),
        ],
    )
    config = uvicorn.Config(
        app, log_level="error", access_log=False, lifespan="on", timeout_graceful_shutdown=STOP_SECONDS
    )
    if browser:
        webbrowser.open(url)  # the socket listens already: the page comes as soon as the server is there
    uvicorn.Server(config).run(sockets=[listening])
