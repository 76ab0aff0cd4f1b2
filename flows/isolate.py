"""A batch that kills its process, or stalls in it: the record at fault becomes a row of ``rejects``, the rest survives.

A process can be lost for reasons that lie outside the batch (somebody killed it, the machine ran out of memory), so one
loss proves nothing, except for a record that used up its time. The batch is tried again, at need one record at a time,
and a record at which a process was lost twice is left out and refused.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from flows.batch import run_batch
from flows.beacon import Beacon, Phase
from flows.errors import Loss, WorkerLostError
from flows.pool import Engine
from flows.spec import BatchResult, BatchSpec, Refusal
from transforms.records import RejectReason

LOSSES_THAT_PROVE = 2
LOSSES_WITHOUT_A_PLACE = 2
"""A process lost outside of any record (while it loads the model, or writes) says nothing about the records."""

MOST_REFUSALS = 10
"""When so many records of one batch end their process the machine is at fault, and nothing more must be refused."""


def run_isolated(engine: Engine, spec: BatchSpec, tell: Callable[[str], None]) -> BatchResult:
    """Run a batch to its end, whatever single records do to the process that works on them.

    Args:
        engine: where.
        spec: the batch.
        tell: hears a sentence about each loss.

    Raises:
        WorkerLostError: processes die, and no record can be blamed for it.
    """
    losses: Counter[tuple[int, int | None]] = Counter()
    while True:
        try:
            return engine.run(run_batch, spec)
        except WorkerLostError as loss:
            place = loss.beacon
            key = (place.unit, place.record) if place is not None else (-1, None)
            losses[key] += 1
            spec = _next_attempt(spec, loss, losses[key])
            tell(f"{loss.happened.capitalize()}: the process of {spec}, {place or 'at no record'}. Trying again.")


def _next_attempt(spec: BatchSpec, loss: WorkerLostError, times: int) -> BatchSpec:
    place = loss.beacon
    if place is None:
        if times > LOSSES_WITHOUT_A_PLACE:
            raise loss
        return spec
    if place.record is None:
        return replace(spec, careful=True)
    if loss.how is not Loss.TIMEOUT and times < LOSSES_THAT_PROVE:
        return spec
    if len(spec.refusals) >= MOST_REFUSALS:
        raise loss
    return replace(spec, refusals=(*spec.refusals, _refusal(spec, place, loss)))


def _refusal(spec: BatchSpec, place: Beacon, loss: WorkerLostError) -> Refusal:
    assert place.record is not None
    reason = RejectReason.TIMEOUT if loss.how is Loss.TIMEOUT else RejectReason.KILLED_PROCESS
    limit = f" ({place.seconds:.0f} s)" if loss.how is Loss.TIMEOUT else ""
    # A reader that is lost just behind a record that it was to pass over cannot pass over it: the rest goes with it.
    again = place.phase is Phase.READING and any(
        (old.unit, old.record, old.phase) == (place.unit, place.record - 1, Phase.READING) for old in spec.refusals
    )
    rest = "; what follows in the file was not read" if again else ""
    detail = f"while {place.phase}, the process {loss.happened}{limit}{rest}"
    return Refusal(place.unit, place.record, place.phase, reason, detail, ends_unit=again)
