"""What people decided about entities: it wins over every rule, and each later decision over earlier ones."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from hashlib import blake2b

from transforms.linking.clusters import KINDS, Key, decided_key, id_of, kind_of
from transforms.linking.fold import entity_id, fold
from transforms.linking.records import DecisionKind, EntityDecision, ExternalId
from transforms.linking.unions import Roots


def decide(
    kind: DecisionKind,
    decided_at: datetime,
    *,
    entity_id: str | None = None,
    other_entity_id: str | None = None,
    label: str | None = None,
    names: Iterable[str] = (),
    canonical_name: str | None = None,
    external_ids: Iterable[ExternalId] = (),
    decided_by: str | None = None,
    reason: str | None = None,
) -> EntityDecision:
    """A decision. Its id is a hash of what was decided, so that the same decision again is the same row.

    Args:
        kind: ``ALIAS``: ``names`` (of entities with this label, or with any) stand for ``canonical_name``; ``MERGE``:
            ``other_entity_id`` becomes part of ``entity_id``; ``SPLIT``: ``names`` leave ``entity_id``.
        decided_at: when; zone-aware.
        decided_by, reason: who, and why.
    """
    names, external_ids = tuple(names), tuple(external_ids)
    content = repr((str(kind), entity_id, other_entity_id, label, names, canonical_name, external_ids))
    return EntityDecision(
        decision_id=blake2b(content.encode(), digest_size=10).hexdigest(),
        kind=str(kind),
        entity_id=entity_id,
        other_entity_id=other_entity_id,
        label=label,
        names=names,
        canonical_name=canonical_name,
        external_ids=external_ids,
        decided_at=decided_at,
        decided_by=decided_by,
        reason=reason,
    )


def split_id(decision: EntityDecision) -> str:
    """The id of what the names of a split become: that of the first name, where the entity has another one itself."""
    own = id_of(decided_key(_kind(decision) or "", decision.names[0]))
    return own if own != decision.entity_id else entity_id("SPLIT", own, fold(decision.names[0]))


def _kind(decision: EntityDecision) -> str | None:
    return kind_of(decision.label) if decision.label else None


def _targets(rule: EntityDecision) -> Iterator[Key]:
    """What an alias rule leads to: without a label an entity of each kind."""
    if rule.kind == DecisionKind.ALIAS and rule.canonical_name is not None:
        kind = _kind(rule)
        for one in (kind,) if kind is not None else KINDS:
            yield decided_key(one, rule.canonical_name)


class Decisions:
    """All decisions of a warehouse, ready to be applied.

    Args:
        rows: in any order; the time of each, then its id, orders them.
    """

    def __init__(self, rows: Iterable[EntityDecision]) -> None:
        self.rows: Sequence[EntityDecision] = sorted(rows, key=lambda row: (row.decided_at, row.decision_id))
        self._by_name: dict[str, list[EntityDecision]] = defaultdict(list)
        for row in self.rows:
            for name in row.names:
                self._by_name[fold(name)].append(row)

    def canonical_keys(self) -> Iterable[Key]:
        """Keys of the canonical names that alias rules give."""
        for row in self.rows:
            yield from _targets(row)

    def applied(self, roots: Roots) -> Roots:
        """The merges and splits upon what the rules united."""
        roots = roots.copy()
        for row in self.rows:
            if row.kind == DecisionKind.MERGE and row.entity_id is not None and row.other_entity_id is not None:
                roots.lead(row.other_entity_id, row.entity_id)
            elif row.kind == DecisionKind.SPLIT:
                roots.part(split_id(row))
        return roots

    def id_for(self, kind: str, name: str, own: str | None, roots: Roots) -> str | None:
        """The id of a document's entity.

        Args:
            kind, name: of the entity in its document.
            own: its id by the rules; None where these give none.
            roots: as :meth:`applied` gives them.
        """
        found = own
        for row in self._by_name.get(fold(name), ()):
            if _kind(row) not in (None, kind):
                continue
            if row.kind == DecisionKind.ALIAS and row.canonical_name is not None:
                found = id_of(decided_key(kind, row.canonical_name))
            elif row.kind == DecisionKind.SPLIT and found is not None and row.entity_id is not None:
                found = split_id(row) if roots.of(found) == roots.of(row.entity_id) else found
        return roots.of(found) if found is not None else None

    def named(self, roots: Roots) -> dict[str, tuple[str, tuple[ExternalId, ...]]]:
        """By id, the names and external ids that alias rules give to entities; the latest of each wins."""
        given: dict[str, tuple[str, tuple[ExternalId, ...]]] = {}
        for row in self.rows:
            for key in _targets(row):
                target = roots.of(id_of(key))
                items = {item.name: item for item in (*given.get(target, ("", ()))[1], *row.external_ids)}
                given[target] = row.canonical_name or "", tuple(item for _, item in sorted(items.items()))
        return given
