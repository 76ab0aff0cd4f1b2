"""Errors of the orchestration layer; the shape is that of ``transforms.errors``."""

import signal
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from flows.beacon import Beacon


class FlowError(Exception):
    """Base: a message, a remedy, and whether the same run may succeed later."""

    retryable: bool = False

    def __init__(self, message: str, *, remedy: str) -> None:
        super().__init__(f"{message} {remedy}")
        self.remedy = remedy


class NoSuchDocumentError(FlowError):
    """The characters that were given name no document, or more than one."""

    def __init__(self, prefix: str, found: int) -> None:
        many = f"{found} documents begin" if found else "No document begins"
        super().__init__(
            f"{many} with {prefix!r}.",
            remedy="Give more characters." if found else "List them with: onrecord documents",
        )
        self.prefix = prefix
        self.found = found


class BadEvaluationFileError(FlowError):
    """A file of gold or predictions cannot be scored."""

    def __init__(self, path: Path, line: int, why: str) -> None:
        place = f"{path}:{line}" if line else str(path)
        super().__init__(f"{place}: {why}", remedy="Put the file right; nothing was scored.")
        self.path = path
        self.line = line


def _said(output: str) -> str:
    """The end of what a process printed, in one line: messages are shown without line breaks."""
    words = " ".join(output.split())
    return f" It said: {words[-500:].rstrip('.')}." if words else ""


class ServerStartError(FlowError):
    """The embedded Prefect server did not answer in time, or ended.

    Args:
        seconds: how long it was waited for.
        output: what it printed.
        code: its exit code, if it ended.
    """

    retryable = True

    def __init__(self, seconds: float, output: str, code: int | None = None) -> None:
        what = f"did not answer within {seconds:.0f} s" if code is None else f"ended with {code} instead of answering"
        cure = "Try again on a less busy machine" if code is None else "See to what it said"
        super().__init__(
            f"The embedded Prefect server {what}.{_said(output)}",
            remedy=f"{cure}, or start a server yourself (prefect server start) and set PREFECT_API_URL.",
        )


class Loss(StrEnum):
    """How a pool process was lost."""

    DIED = "died"  # a signal, a segmentation fault, the system's out-of-memory killer
    TIMEOUT = "timeout"  # it stayed at one record for too long and was ended
    MEMORY = "memory"  # it took too much memory and was ended


class WorkerLostError(FlowError):
    """A pool process is gone that held a batch.

    Attributes:
        work: what it held, in words.
        how: what happened to it.
        beacon: where in the batch it was, as far as it told.
        exit_code: of the process: negative for a signal; None when it was ended by us.
    """

    retryable = True

    def __init__(self, work: str, how: Loss, beacon: Beacon | None = None, exit_code: int | None = None) -> None:
        where = f" while {beacon}" if beacon is not None else ""
        super().__init__(
            f"A worker process {_in_words(how, exit_code)}{where}; it held {work}.",
            remedy="Finished batches are kept; run the same command again. If it happens again, "
            "lower --workers or --batch-articles, or give the machine more memory.",
        )
        self.work = work
        self.how = how
        self.beacon = beacon
        self.exit_code = exit_code

    @property
    def happened(self) -> str:
        """What happened to the process, in words."""
        return _in_words(self.how, self.exit_code)


def _in_words(how: Loss, exit_code: int | None) -> str:
    match how:
        case Loss.TIMEOUT:
            return "took too long and was stopped"
        case Loss.MEMORY:
            return "took too much memory and was stopped"
        case Loss.DIED if exit_code is not None and exit_code < 0:
            return f"was killed by {_signal_name(-exit_code)}"
        case _:
            return f"ended with exit code {exit_code}"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # real-time signals have no names
        return f"signal {number}"


class PoolClosedError(FlowError):
    """The run ended before this work was done."""

    def __init__(self) -> None:
        super().__init__("The run ended before this batch was done.", remedy="Run the same command again.")


class DaskUnreachableError(FlowError):
    """No Dask scheduler answers at the address."""

    retryable = True

    def __init__(self, address: str, why: str) -> None:
        super().__init__(
            f"No Dask scheduler answers at {address} ({why}).",
            remedy="Start one (`dask scheduler`, and `dask worker ADDRESS` on each machine) or correct --dask-address.",
        )
        self.address = address


class MissingExtraError(FlowError):
    """A package that only some users need is not installed."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(
            f"{what} needs packages that are not installed.", remedy=f"Install them: pip install 'onrecord[{extra}]'."
        )
        self.extra = extra


class BatchesLostError(FlowError):
    """Some batches ended their processes again and again; all others are committed."""

    retryable = True

    def __init__(self, losses: list[WorkerLostError]) -> None:
        super().__init__(
            f"{len(losses)} batches could not be finished; all others are committed. The first: {losses[0]}",
            remedy="Their records stay unread, so that the next run takes them again.",
        )
        self.losses = losses


class PortTakenError(FlowError):
    """Another program listens on the port that the server was to have."""

    def __init__(self, port: int) -> None:
        super().__init__(
            f"Port {port} is taken, perhaps by another `onrecord up` or `prefect server start`.",
            remedy="Stop that one, or choose a port with --port. "
            "For a server that is to stay: set PREFECT_API_URL and use `onrecord up --setup-only`.",
        )


class ExplorerPortTakenError(FlowError):
    """The explorer cannot listen on its port."""

    def __init__(self, port: int, why: str) -> None:
        super().__init__(
            f"Cannot listen on port {port} ({why}); perhaps another `onrecord explore` does.",
            remedy="Stop that one, or choose a port with --port; 0 takes a free one.",
        )
        self.port = port


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
        super().__init__(
            f"The {name} ended with {code}; everything else was stopped.{_said(output)}",
            remedy="Nothing is lost: start `onrecord up` again.",
        )


class UnsoundWarehouseError(FlowError):
    """A check found that the warehouse does not keep its promises."""

    def __init__(self, root: str, violations: int) -> None:
        super().__init__(
            f"{violations:,} violations in {root}.",
            remedy="They are listed on the page of this run and by `onrecord verify`. Ingest what is concerned again "
            "(onrecord ingest … --reread), or go back to an older snapshot.",
        )


class EntityNotFoundError(FlowError):
    """What a user calls an entity names none, or several.

    Attributes:
        given: what was given.
        found: some of the entities that it may be.
    """

    def __init__(self, given: str, found: Sequence[str], count: int, why: str | None = None) -> None:
        named = ": " + "; ".join(found) + ("; …" if count > len(found) else "") if found else ""
        super().__init__(
            f"{why or f'{given!r} names {count} entities'}{named}.",
            remedy="Look ids up with `onrecord entities --canonical --name …`. Nothing was changed.",
        )
        self.given = given
        self.found = tuple(found)
