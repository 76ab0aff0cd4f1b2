"""What a user decides about entities on the command line, as decisions to be stored."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flows.errors import EntityNotFoundError
from flows.linking import as_decision
from transforms.linking.decisions import decide
from transforms.linking.fold import fold
from transforms.linking.records import DecisionKind, EntityDecision, ExternalId
from warehouse import Warehouse
from warehouse.alias_files import read_aliases
from warehouse.linking import stored_decisions

SHORTEST_PREFIX = 6
"""Of an id."""

NAMED = 5
"""Entities that an error names."""


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity that a user named."""

    entity_id: str
    name: str
    label: str

    def __str__(self) -> str:
        return f"{self.name} ({self.label}, {self.entity_id})"


def find_entity(opened: Warehouse, given: str) -> Entity:
    """The entity with this id, an id that leads to it, the first characters of it, or this whole name in any case.

    Raises:
        EntityNotFoundError: when there is none, or more than one.
    """
    rows = opened.canonical_entities(columns=["entity_id", "name", "label", "alias_ids"]).to_dict("records")
    found = [row for row in rows if given == row["entity_id"] or given in row["alias_ids"]]
    if not found and len(given) >= SHORTEST_PREFIX:
        found = [row for row in rows if row["entity_id"].startswith(given)]
    if not found:
        found = [row for row in rows if row["name"].casefold() == given.casefold()]
    entities = [Entity(row["entity_id"], row["name"], row["label"]) for row in found]
    if len(entities) != 1:
        raise EntityNotFoundError(given, [str(entity) for entity in entities[:NAMED]], len(entities))
    return entities[0]


def merged(opened: Warehouse, stays: str, goes: str, by: str | None, reason: str | None) -> EntityDecision:
    """That two entities are one.

    Raises:
        EntityNotFoundError: when one of them cannot be told.
    """
    one, other = find_entity(opened, stays), find_entity(opened, goes)
    if one.entity_id == other.entity_id:
        raise EntityNotFoundError(goes, [], 0, f"{goes!r} is the same entity as {stays!r}")
    return decide(
        DecisionKind.MERGE,
        datetime.now(UTC),
        entity_id=one.entity_id,
        other_entity_id=other.entity_id,
        label=one.label,
        decided_by=by,
        reason=reason,
    )


def split(opened: Warehouse, given: str, names: Sequence[str], by: str | None, reason: str | None) -> EntityDecision:
    """That some names of an entity are another one.

    Raises:
        EntityNotFoundError: when the entity cannot be told, or its documents do not call it so.
    """
    entity = find_entity(opened, given)
    known = opened.entities(entity_id=entity.entity_id, columns=["canonical_name"])["canonical_name"]
    folded = {fold(name) for name in known.unique()}
    strange = [name for name in names if fold(name) not in folded]
    if strange:
        called = ", ".join(known.value_counts().index[:NAMED])
        raise EntityNotFoundError(given, [], 0, f"no document calls {entity} {strange[0]!r}, but: {called}")
    return decide(
        DecisionKind.SPLIT,
        datetime.now(UTC),
        entity_id=entity.entity_id,
        label=entity.label,
        names=names,
        decided_by=by,
        reason=reason,
    )


def aliases(opened: Warehouse, file: Path, by: str | None, reason: str | None) -> list[EntityDecision]:
    """The rules of a file that do not hold already: reading it again gives none.

    Raises:
        AliasFileError: when it is no table of aliases.
    """
    now = datetime.now(UTC)
    rules = [
        decide(
            DecisionKind.ALIAS,
            now,
            label=row.label,
            names=[row.alias],
            canonical_name=row.canonical_name,
            external_ids=[ExternalId(name, value) for name, value in row.external_ids],
            decided_by=row.decided_by or by,
            reason=row.reason or reason,
        )
        for row in read_aliases(file)
    ]
    stored = map(as_decision, stored_decisions(opened.pinned))
    latest = {_subject(rule): rule.decision_id for rule in stored if rule.kind == DecisionKind.ALIAS}
    wanted = {_subject(rule): rule for rule in rules}
    return [rule for subject, rule in wanted.items() if latest.get(subject) != rule.decision_id]


def _subject(rule: EntityDecision) -> tuple[str | None, Iterable[str]]:
    return rule.label, tuple(map(fold, rule.names))
