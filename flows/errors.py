"""Errors of the orchestration layer; the shape is that of ``transforms.errors``."""


class FlowError(Exception):
    """Base: a message, a remedy, and whether the same run may succeed later."""

    retryable: bool = False

    def __init__(self, message: str, *, remedy: str) -> None:
        super().__init__(f"{message} {remedy}")
        self.remedy = remedy


class ServerStartError(FlowError):
    """The embedded Prefect server did not answer in time."""

    retryable = True

    def __init__(self, seconds: float, output: str) -> None:
        detail = f" It said: {output.strip()[-500:]}" if output.strip() else ""
        super().__init__(
            f"The embedded Prefect server did not answer within {seconds:.0f} s.{detail}",
            remedy="Try again on a less busy machine, or start a server yourself (prefect server start) "
            "and set PREFECT_API_URL.",
        )


class WorkerLostError(FlowError):
    """A pool process died while it held a batch (killed, out of memory, segmentation fault)."""

    retryable = True

    def __init__(self, work: str) -> None:
        super().__init__(
            f"A worker process died while it held {work}.",
            remedy="Finished batches are kept; run the same command again. If it happens again, "
            "lower --workers or --batch-articles.",
        )
        self.work = work


class PortTakenError(FlowError):
    """Another program listens on the port that the server was to have."""

    def __init__(self, port: int) -> None:
        super().__init__(
            f"Port {port} is taken, perhaps by another `onrecord up` or `prefect server start`.",
            remedy="Stop that one, or choose a port with --port. "
            "For a server that is to stay: set PREFECT_API_URL and use `onrecord up --setup-only`.",
        )


class NoApiError(FlowError):
    """A server is to be set up, but none is named."""

    def __init__(self) -> None:
        super().__init__(
            "There is no Prefect server to set up.",
            remedy="Set PREFECT_API_URL to its API, such as http://127.0.0.1:4200/api, "
            "or leave --setup-only out to have one started.",
        )


class ChildEndedError(FlowError):
    """The server or the worker of ``onrecord up`` ended by itself."""

    retryable = True

    def __init__(self, name: str, code: int, output: str) -> None:
        detail = f" It said: {output.strip()[-500:]}" if output.strip() else ""
        super().__init__(
            f"The {name} ended with {code}; everything else was stopped.{detail}",
            remedy="Nothing is lost: start `onrecord up` again.",
        )
