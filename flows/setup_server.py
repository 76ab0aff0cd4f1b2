"""What a Prefect server needs besides deployments: a work pool and automations; each is made once."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from prefect import get_client
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import WorkPoolCreate, WorkPoolUpdate
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.objects import StateType
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification
from prefect.exceptions import ObjectNotFound
from prefect.states import Crashed

POOL = "onrecord"

RUNS_AT_ONCE = 4
"""An ingest, a backfill, a maintenance and a re-annotation: one of each. The warehouse lets one commit at a time."""

HEARTBEAT_SECONDS = 30
"""How often a run says that it lives; Prefect takes no less."""

SILENCE = timedelta(seconds=3 * HEARTBEAT_SECONDS)
"""After so long without a heartbeat a run is taken for dead."""

PENDING = timedelta(minutes=5)
"""A process starts in seconds; a run that hangs between worker and process for so long never will."""

ENDED = {f"prefect.flow-run.{state}" for state in ("Completed", "Failed", "Cancelled", "Crashed")}
HEARTBEAT = "prefect.flow-run.heartbeat"


def set_up(client: SyncPrefectClient) -> list[str]:
    """Make what is missing and bring the rest up to date.

    Returns:
        A line for each thing that was made or updated.
    """
    return [_pool(client), *(_automation(client, wanted) for wanted in automations())]


def _pool(client: SyncPrefectClient) -> str:
    limit = WorkPoolUpdate(concurrency_limit=RUNS_AT_ONCE)
    try:
        client.read_work_pool(POOL)
    except ObjectNotFound:
        client.create_work_pool(WorkPoolCreate(name=POOL, type="process", concurrency_limit=RUNS_AT_ONCE))
        return f"work pool {POOL}: made, at most {RUNS_AT_ONCE} runs at once"
    client.update_work_pool(POOL, limit)
    return f"work pool {POOL}: at most {RUNS_AT_ONCE} runs at once"


def automations() -> Iterator[AutomationCore]:
    """A run whose process was killed, or never began, keeps its place until somebody says that it is over."""
    yield _when_missing(
        "onrecord: runs without heartbeat",
        "A run that has not said for 90 s that it lives was killed; it is marked as crashed, which frees its place.",
        after={HEARTBEAT},
        expect={HEARTBEAT, *ENDED},
        within=SILENCE,
        message="No heartbeat for 90 s: the process was killed or its machine is gone.",
    )
    yield _when_missing(
        "onrecord: runs stuck in Pending",
        "A run that a worker took five minutes ago and that has not begun never will; it is marked as crashed.",
        after={"prefect.flow-run.Pending"},
        expect={"prefect.flow-run.Running", "prefect.flow-run.Scheduled", *ENDED},
        within=PENDING,
        message="Pending for five minutes: its process never began.",
    )


def _when_missing(
    name: str, description: str, *, after: set[str], expect: set[str], within: timedelta, message: str
) -> AutomationCore:
    trigger = EventTrigger(
        after=after,
        expect=expect,
        match=ResourceSpecification({"prefect.resource.id": "prefect.flow-run.*"}),
        for_each={"prefect.resource.id"},
        posture=Posture.Proactive,
        threshold=1,
        within=within,
    )
    action = ChangeFlowRunState(state=StateType.CRASHED, message=message)
    return AutomationCore(name=name, description=description, enabled=True, trigger=trigger, actions=[action])


def _automation(client: SyncPrefectClient, wanted: AutomationCore) -> str:
    present = client.read_automations_by_name(wanted.name)
    if not present:
        client.create_automation(wanted)
        return f"automation {wanted.name!r}: made"
    client.update_automation(present[0].id, wanted)
    for doubled in present[1:]:
        client.delete_automation(doubled.id)
    return f"automation {wanted.name!r}: up to date"


def close_orphans() -> int:
    """Mark the runs of a killed ``onrecord up`` as crashed, so that they do not keep their place from the next ones.

    Only for a server that nobody else's workers use: on it no run can be alive before its worker is.
    """
    orphans = FlowRunFilter.model_validate({"state": {"type": {"any_": ["RUNNING", "PENDING", "CANCELLING"]}}})
    with get_client(sync_client=True) as client:
        runs = client.read_flow_runs(flow_run_filter=orphans)
        ours = [run for run in runs if run.work_pool_name == POOL]
        for run in ours:
            client.set_flow_run_state(UUID(str(run.id)), Crashed(message="Its worker was killed."), force=True)
    return len(ours)
