"""The guard lets through what the explorer's own page asks, and nothing else."""

import asyncio
from typing import Any

import pytest

pytest.importorskip("streamlit", reason="the extra explore is not installed: pip install -e '.[explore]'")

from flows.explore.guard import Guard

HOSTS = ("127.0.0.1:4210", "localhost:4210")
OWN = "http://127.0.0.1:4210"


async def inner(scope: Any, receive: Any, send: Any) -> None:
    """What is guarded."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"inside"})


def asked(kind: str = "http", method: str = "GET", **headers: str) -> list[dict[str, Any]]:
    """What the guard answers."""
    sent: list[dict[str, Any]] = []
    scope = {
        "type": kind,
        "method": method,
        "path": "/",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }

    async def receive() -> dict[str, str]:
        return {"type": "websocket.connect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(Guard(inner, HOSTS)(scope, receive, send))
    return sent


def test_its_own_page_may_read_and_gets_headers_that_bind_it() -> None:
    for host in HOSTS:
        start, body = asked(host=host)
        headers = dict(start["headers"])
        assert (start["status"], body["body"]) == (200, b"inside")
        assert b"default-src 'self'" in headers[b"content-security-policy"]
        assert b"access-control-allow-origin" not in headers
        assert headers[b"x-content-type-options"] == b"nosniff"
    assert asked(host=HOSTS[0], origin=OWN)[0]["status"] == 200
    assert asked("websocket", host=HOSTS[0], origin=OWN) == [{"type": "websocket.accept"}]


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example:4210"},  # a name of the web that was made to point here
        {"host": "127.0.0.1:9999"},
        {"host": "127.0.0.1"},
        {},
        {"host": HOSTS[0], "origin": "http://evil.example"},
        {"host": HOSTS[0], "origin": "http://localhost:3000"},  # another program on this machine
        {"host": HOSTS[0], "origin": "null"},
        {"host": HOSTS[0], "origin": "https://127.0.0.1:4210"},
    ],
)
def test_strangers_are_refused_on_both_doors(headers: dict[str, str]) -> None:
    assert asked(**headers)[0]["status"] == 403
    assert asked("websocket", **headers) == [{"type": "websocket.close", "code": 1008}]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_nothing_can_be_written(method: str) -> None:
    assert asked(method=method, host=HOSTS[0], origin=OWN)[0]["status"] == 405
