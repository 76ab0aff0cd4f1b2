"""The rebuild of ``canonical_entities``: the warehouse's rows, linked by the rules of ``transforms.linking``."""

import os
from collections.abc import Iterable, Sequence
from typing import Any

from transforms.linking.linker import Linker
from transforms.linking.records import EntityDecision, ExternalId
from warehouse.linking import Decision, LinkResult, link


def rebuild(
    root: str | os.PathLike[str], *, add: Iterable[EntityDecision] = (), revoke: Iterable[str] = ()
) -> LinkResult:
    """Link all mentions and speakers anew, with some decisions more or less; all in one commit.

    Raises:
        UnknownDecisionError, NotAWarehouseError, NewerVersionError, LockedError, DiskFullError, WritePermissionError:
            see :func:`warehouse.linking.link`.
    """
    return link(root, _linker, add=tuple(add), revoke=frozenset(revoke))


def _linker(decisions: Sequence[Decision]) -> Linker:
    return Linker(as_decision(row) for row in decisions)


def as_decision(row: Decision) -> EntityDecision:
    """A row of ``entity_decisions`` as a record."""
    facts: dict[str, Any] = dict(row)
    facts["names"] = tuple(facts["names"])
    facts["external_ids"] = tuple(ExternalId(**item) for item in facts["external_ids"])
    return EntityDecision(**facts)
