"""What ``prefect.yaml`` declares, and what the options of ``onrecord up`` make of it."""

from pathlib import Path

import pytest
from prefect.flows import load_flow_from_entrypoint
from prefect.utilities.callables import parameter_schema

from flows.deployments import Deployment, declared, placed, schedule_of


def one(name: str, **options: str | None) -> Deployment:
    given = {"landing": "in", "data": "out", "interval": None, **options}
    return next(item for item in placed(declared(), **given) if item.full_name == name)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "schedule"),
    [
        ("30s", {"interval": 30}),
        ("5m", {"interval": 300}),
        ("2 h", {"interval": 7200}),
        ("1d", {"interval": 86_400}),
        ("*/10 6-22 * * *", {"cron": "*/10 6-22 * * *"}),
    ],
)
def test_schedules_are_read(text: str, schedule: dict[str, object]) -> None:
    assert schedule_of(text) == schedule


@pytest.mark.parametrize("text", ["", "0s", "-5m", "30", "5 minutes", "* * * *", "61 * * * *", "every day", "1.5h"])
def test_what_is_no_schedule_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="neither"):
        schedule_of(text)


def test_folders_become_absolute_and_only_ingest_changes_its_schedule(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ingest = one("ingest/ingest", interval="30s")
    assert ingest.parameters == {"sources": [str(tmp_path / "in")], "data": str(tmp_path / "out")}
    assert ingest.schedules == [{"interval": 30}]
    assert one("ingest/ingest").schedules == [{"interval": 300}]
    maintain = one("maintain/maintain", interval="30s")
    assert maintain.schedules == [{"cron": "15 3 * * *", "timezone": "UTC"}]
    assert one("ingest/backfill").parameters["sources"] == [str(tmp_path / "archive")]


@pytest.mark.parametrize("deployment", declared(), ids=lambda item: item.full_name)
def test_each_has_a_flow_with_a_form(deployment: Deployment) -> None:
    flow = load_flow_from_entrypoint(deployment.entrypoint)
    assert flow.name == deployment.flow_name
    assert flow.description
    schema = parameter_schema(flow)
    assert set(deployment.parameters) <= set(schema.properties)
    assert all(part.get("description") for part in schema.properties.values()), "help for each parameter"
    for model in schema.definitions.values():
        for name, field in model.get("properties", {}).items():
            assert field.get("title"), name
            assert field.get("description"), name
