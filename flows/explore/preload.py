"""Streamlit's pieces that the first view needs, named to the browser at once, not one after the other as it finds them.

Streamlit's page loads the code of a widget when the first one of its kind is drawn, and that code names its own pieces
only once it is read: half a dozen rounds of requests between the server's answer and the chart. A ``Link`` header with
``rel=modulepreload`` (HTML standard, "Link type modulepreload") has them fetched and compiled while the page waits for
that answer anyway. Where another version of Streamlit cuts its pieces otherwise, those not found are left out.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ENTRY = "index"
FIRST_VIEW = ("Html", "TextInput", "Selectbox", "ArrowVegaLiteChart", "embed")
"""Chunks by the first part of their name; ``embed`` is Vega, which the chart's chunk asks for."""

_HEAD = 32_768
"""Characters of a chunk in which its static imports stand: a bundler writes them first."""

_IMPORT = re.compile(r"""(?:\bfrom|\bimport)\s*["'`]\./([\w.-]+\.js)["'`]""")
"""A static import in a bundled module; ``import("./x.js")`` is a later one."""


def chunks(folder: Path, names: Iterable[str] = FIRST_VIEW) -> list[str]:
    """File names of the chunks of ``names`` and of all that they import, without what the page names itself.

    Args:
        folder: Streamlit's ``static/js``.
        names: what stands before the hash in a chunk's file name.
    """
    own = _needed(folder, _found(folder, ENTRY))
    wanted = _needed(folder, [file for name in names for file in _found(folder, name)])
    return [name for name in wanted if name not in own]


def _found(folder: Path, name: str) -> list[str]:
    """The chunk of that name; none where it is not clear which it is."""
    files = [path.name for path in folder.glob(f"{name}.*.js") if path.name.count(".") == name.count(".") + 2]
    return files if len(files) == 1 else []


def _needed(folder: Path, files: Iterable[str]) -> dict[str, None]:
    """These files and whatever they import, in the order of finding."""
    needed: dict[str, None] = {}
    waiting = list(files)
    while waiting:
        name = waiting.pop(0)
        if name not in needed and (folder / name).is_file():
            needed[name] = None
            with (folder / name).open(encoding="utf-8") as chunk:
                waiting += _IMPORT.findall(chunk.read(_HEAD))
    return needed


class Preload:
    """ASGI middleware that names the chunks with each page of Streamlit's.

    Args:
        app: the next application.
        files: names in ``/static/js``.
    """

    def __init__(self, app: ASGIApp, files: Iterable[str]) -> None:
        self.app = app
        self.link = ", ".join(f"</static/js/{name}>; rel=modulepreload" for name in files)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass it on."""
        page = scope["type"] == "http" and not scope["path"].startswith("/article/")
        await self.app(scope, receive, self._with_link(send) if page and self.link else send)

    def _with_link(self, send: Send) -> Send:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    headers.append("Link", self.link)
            await send(message)

        return sending
