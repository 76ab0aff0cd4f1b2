"""The records of ``transforms`` and the columns of ``warehouse`` know nothing of each other, and must still agree."""

import dataclasses

import pytest

from transforms.linking.records import CanonicalEntity, EntityDecision
from transforms.records import Document, Entity, Quote, RejectRow
from warehouse.tables import TABLES

PAIRS = [
    (Document, "documents"),
    (Entity, "entities"),
    (Quote, "quotes"),
    (RejectRow, "rejects"),
    (CanonicalEntity, "canonical_entities"),
    (EntityDecision, "entity_decisions"),
]


@pytest.mark.parametrize(("record", "table"), PAIRS, ids=[table for _, table in PAIRS])
def test_record_has_a_column_for_each_field_and_a_field_for_each_column(record: type, table: str) -> None:
    fields = {field.name for field in dataclasses.fields(record)}
    columns = set(TABLES[table].column_names)
    assert fields - columns == set(), f"fields of {record.__name__} without a column in warehouse/tables"
    assert columns - fields == set(), f"columns of {table} without a field in transforms/records.py"


@pytest.mark.parametrize(("record", "table"), PAIRS, ids=[table for _, table in PAIRS])
def test_what_may_be_none_may_be_null(record: type, table: str) -> None:
    optional = {field.name for field in dataclasses.fields(record) if "None" in str(field.type)}
    nullable = {column.name for column in TABLES[table].columns if column.nullable}
    assert optional == nullable
