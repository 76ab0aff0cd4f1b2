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
