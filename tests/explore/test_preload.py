"""Which pieces of Streamlit the browser is told of, and with which pages."""

import asyncio
from pathlib import Path

import pytest

pytest.importorskip("streamlit", reason="the extra explore is not installed: pip install -e '.[explore]'")

import streamlit
from starlette.types import Message, Receive, Scope, Send

from flows.explore.preload import FIRST_VIEW, Preload, chunks

INSTALLED = Path(streamlit.__file__).parent / "static" / "static" / "js"


def test_the_installed_streamlit_has_every_chunk_of_the_first_view() -> None:
    found = chunks(INSTALLED)
    for name in FIRST_VIEW:
        assert [file for file in found if file.startswith(f"{name}.")], name
    assert all((INSTALLED / file).is_file() for file in found)


def test_chunks_bring_what_they_import_but_not_what_the_page_has_or_what_comes_later(tmp_path: Path) -> None:
    for name, text in {
        "index.aa.js": 'import"./own.bb.js";',
        "own.bb.js": "",
        "Html.cc.js": 'import{a}from"./own.bb.js";import{b}from"./deep.dd.js";import("./later.ee.js")',
        "deep.dd.js": "import x from'./deeper.ff.js'",
        "deeper.ff.js": 'from"./gone.js"',
        "later.ee.js": "",
        "embed.gg.js": "",
        "embed.hh.js": "",
    }.items():
        (tmp_path / name).write_text(text)
    assert chunks(tmp_path) == ["Html.cc.js", "deep.dd.js", "deeper.ff.js"]
    assert chunks(tmp_path / "nowhere") == []


@pytest.mark.parametrize(
    ("path", "kind", "named"),
    [
        ("/", "text/html; charset=utf-8", True),
        ("/topics", "text/html", True),
        ("/article/1", "text/html", False),
        ("/static/js/x.js", "text/javascript", False),
    ],
)
def test_only_streamlits_pages_name_them(path: str, kind: str, named: bool) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind.encode())]})

    async def nothing() -> Message:
        return {}

    sent: list[Message] = []

    async def keep(message: Message) -> None:
        sent.append(message)

    asyncio.run(Preload(app, ["a.js", "b.js"])({"type": "http", "path": path}, nothing, keep))
    link = b"</static/js/a.js>; rel=modulepreload, </static/js/b.js>; rel=modulepreload"
    assert ((b"link", link) in sent[0]["headers"]) == named
