"""The deployments that ``prefect.yaml`` declares, put on a server with the folders of ``onrecord up``."""

import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml
from prefect.client.schemas.objects import ConcurrencyLimitConfig
from prefect.client.schemas.schedules import CronSchedule
from prefect.deployments.runner import RunnerDeployment
from prefect.flows import Flow, load_flow_from_entrypoint
from prefect.schedules import Schedule
from prefect.types.entrypoint import EntrypointType

DECLARED = Path(__file__).parent.parent / "prefect.yaml"
"""This is an application: it runs from its own folder, in which the declarations lie."""

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


@dataclass(frozen=True, slots=True)
class Deployment:
    """One deployment as declared; ``schedules`` and ``concurrency_limit`` are in Prefect's own words."""

    name: str
    entrypoint: str
    pool: str
    tags: list[str] = field(default_factory=list)
    parameters: dict[str, Any] = field(default_factory=dict)
    schedules: list[dict[str, Any]] = field(default_factory=list)
    concurrency_limit: dict[str, Any] = field(default_factory=lambda: {"limit": 1})

    @property
    def flow_name(self) -> str:
        """The flow's name, by our habit that of its function."""
        return self.entrypoint.rsplit(".", 1)[-1]

    @property
    def full_name(self) -> str:
        """As Prefect's commands want it."""
        return f"{self.flow_name}/{self.name}"


def declared(path: Path = DECLARED) -> list[Deployment]:
    """The deployments of ``prefect.yaml``, in its order."""
    return [
        Deployment(
            name=item["name"],
            entrypoint=item["entrypoint"],
            pool=item["work_pool"]["name"],
            tags=item.get("tags", []),
            parameters=item.get("parameters", {}),
            schedules=item.get("schedules", []),
            concurrency_limit=item["concurrency_limit"],
        )
        for item in yaml.safe_load(path.read_text(encoding="utf-8"))["deployments"]
    ]


def placed(deployments: list[Deployment], landing: str, data: str, interval: str | None) -> Iterator[Deployment]:
    """The declared deployments with absolute folders, and ``ingest/ingest`` with another schedule.

    Args:
        deployments: as declared.
        landing: the folder that ``ingest/ingest`` watches.
        data: the warehouse of all of them.
        interval: see :func:`schedule_of`; None keeps the declared one.

    Raises:
        ValueError: the interval cannot be read.
    """
    for one in deployments:
        parameters = {**one.parameters, "data": str(Path(data).resolve())}
        schedules = one.schedules
        if one.full_name == "ingest/ingest":
            parameters["sources"] = [str(Path(landing).resolve())]
            if interval:
                schedules = [schedule_of(interval)]
        elif "sources" in parameters:
            parameters["sources"] = [str(Path(landing).resolve().parent / name) for name in parameters["sources"]]
        yield replace(one, parameters=parameters, schedules=schedules)


def schedule_of(text: str) -> dict[str, Any]:
    """``30s``, ``5m``, ``2h``, ``1d``, or a cron line of five fields, as ``prefect.yaml`` writes it.

    Raises:
        ValueError: it is none of these.
    """
    if found := re.fullmatch(r"(\d+)\s*([smhd])", text.strip()):
        if seconds := int(found[1]) * SECONDS[found[2]]:
            return {"interval": seconds}
    elif len(text.split()) == 5:
        with suppress(ValueError):  # told below, in our own words
            CronSchedule(cron=text)
            return {"cron": text}
    raise ValueError(f"{text!r} is neither an interval like 30s, 5m, 2h, 1d nor a cron line like '*/10 6-22 * * *'.")


def apply(deployment: Deployment) -> RunnerDeployment:
    """Create or update it on the configured server; applied twice it is there once.

    Its runs start in the folder in which this process is, with this Python, and end with ``onrecord up``.
    """
    flow: Flow[..., Any] = load_flow_from_entrypoint(deployment.entrypoint)
    limit = ConcurrencyLimitConfig.model_validate(deployment.concurrency_limit)
    made = RunnerDeployment.from_flow(
        flow,
        name=deployment.name,
        schedules=[_schedule(item) for item in deployment.schedules],
        parameters=deployment.parameters,
        tags=deployment.tags,
        version=version("onrecord"),
        concurrency_limit=limit,
        work_pool_name=deployment.pool,
        job_variables={
            "command": f"{sys.executable} -m flows.guard prefect.engine",
            "working_dir": str(Path.cwd()),
        },
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    made.apply()
    return made


def _schedule(item: dict[str, Any]) -> Schedule:
    match item:
        case {"interval": seconds}:
            return Schedule(interval=timedelta(seconds=seconds))
        case {"cron": line}:
            return Schedule(cron=line, timezone=item.get("timezone"))
    raise ValueError(f"prefect.yaml has a schedule that is neither an interval nor cron: {item}")
