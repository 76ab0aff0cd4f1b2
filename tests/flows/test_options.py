"""The options make a good form and refuse what makes no sense."""

from typing import Any

import pytest
from prefect.utilities.callables import parameter_schema
from pydantic import ValidationError

from flows.ingest import ingest
from flows.options import IngestOptions


def test_every_field_of_the_form_has_a_title_and_a_description() -> None:
    fields = IngestOptions.model_json_schema()["properties"]
    assert set(fields) == set(IngestOptions.model_fields)
    for name, field in fields.items():
        assert len(field["title"]) > len("x"), name
        assert field["title"] != name.replace("_", " ").title(), f"{name} has only pydantic's own title"
        assert field["description"].endswith("."), name
        assert "default" in field, name


def test_every_parameter_of_the_flow_is_explained() -> None:
    schema = parameter_schema(ingest)
    assert list(schema.properties) == ["sources", "data", "options"]
    assert all(field["description"] for field in schema.properties.values())
    assert schema.required == ["sources"]
    assert ingest.description is not None
    assert ingest.description.startswith("Read raw article files")


@pytest.mark.parametrize(
    "wrong",
    [
        {"workers": -1},
        {"workers": 10_000},
        {"batch_articles": 0},
        {"batch_megabytes": 0},
        {"max_record_megabytes": 0},
        {"future_days": -1},
        {"day_first": "perhaps"},
        {"batch_artikles": 5},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_values_that_make_no_sense_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        IngestOptions.model_validate(wrong)


def test_options_survive_the_way_through_json() -> None:
    options = IngestOptions(workers=3, day_first=True)
    assert IngestOptions.model_validate_json(options.model_dump_json()) == options
