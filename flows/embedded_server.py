"""A Prefect API server that lives exactly as long as the process that started it.

Prefect's own temporary server survives a ``SIGKILL`` of its parent, and each pool process would start another one. Here
the parent starts one server and keeps the write end of a pipe open; the kernel closes that end when the parent dies, by
whatever cause, and the server's guard thread, blocked on the read end, ends the process.

Run as ``python -m flows.embedded_server LISTENING_SOCKET_FD`` with the pipe on standard input; the parent's side is
:func:`flows.server.prefect_api`.
"""

import os
import sys
import threading

from flows.collector import collect_rarely


def _end_with_parent() -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass  # nobody writes: the only event is the end of the pipe
    os._exit(0)  # a graceful stop would wait for connections of a parent that is gone


def main() -> None:
    """Serve the Prefect API on the inherited socket until standard input closes."""
    threading.Thread(target=_end_with_parent, name="parent-guard", daemon=True).start()
    collect_rarely()
    import uvicorn  # noqa: PLC0415  after the guard: importing the server takes seconds

    uvicorn.run(
        "prefect.server.api.server:create_app",
        factory=True,
        fd=int(sys.argv[1]),
        log_level="error",
        lifespan="on",
    )


if __name__ == "__main__":
    main()
