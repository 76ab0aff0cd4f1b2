"""Put on PYTHONPATH of a process under test: notes whom it tries to reach, beyond this machine."""

import os
import sys
from typing import Any

LOOPBACK = ("127.", "::1", "localhost")


def watch(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook."""
    if event == "socket.connect":
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else ""  # a path: a socket of this machine
    elif event == "socket.getaddrinfo":
        host = arguments[0] or ""
    else:
        return
    name = host.decode() if isinstance(host, bytes) else str(host)
    if name and not name.startswith(LOOPBACK):
        with open(os.environ["ONRECORD_CALLS"], "a", encoding="utf-8") as file:  # noqa: PTH123  early in the start
            file.write(f"{event} {name}\n")


sys.addaudithook(watch)
