"""The records of the tables ``canonical_entities`` and ``entity_decisions``; see :mod:`transforms.records`."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class DecisionKind(StrEnum):
    """What a person decided about entities."""

    ALIAS = "alias"  # a name stands for an entity
    MERGE = "merge"  # two entities are one
    SPLIT = "split"  # some names of an entity are another one


@dataclass(frozen=True, slots=True)
class ExternalId:
    """An identifier in another system, such as ``wikidata`` and ``Q7747``."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class AliasCount:
    """A spelling, and how many mentions have it."""

    text: str
    count: int


@dataclass(frozen=True, slots=True)
class CoMention:
    """Another entity, and how many documents mention both."""

    entity_id: str
    document_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CanonicalEntity:
    """One row of ``canonical_entities``."""

    entity_id: str
    name: str
    label: str
    aliases: tuple[AliasCount, ...]
    alias_ids: tuple[str, ...]
    country_code: str | None
    external_ids: tuple[ExternalId, ...]
    mention_count: int
    quote_count: int
    document_count: int
    first_seen: datetime | None
    last_seen: datetime | None
    co_mentions: tuple[CoMention, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityDecision:
    """One row of ``entity_decisions``."""

    decision_id: str
    kind: str  # a DecisionKind; plain text, as the table gives it back
    entity_id: str | None = None
    other_entity_id: str | None = None
    label: str | None = None
    names: tuple[str, ...] = ()
    canonical_name: str | None = None
    external_ids: tuple[ExternalId, ...] = ()
    decided_at: datetime
    decided_by: str | None = None
    reason: str | None = None
