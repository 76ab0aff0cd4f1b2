"""Which keys are one entity, and which of their ids stays: decided by the whole set of names, never by their order."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import TypeVar

from transforms.linking.clusters import ORGANISATION, PERSON, Cluster, Key, id_of, person_key, person_of
from transforms.linking.organisations import is_acronym_of, organisation_key
from transforms.linking.people import are_compatible, person_name

DOMINANT = 0.9
"""Share of the documents that name a short form in full which must agree, before it stands for that elsewhere: one
document whose clusters are wrong then unites nothing, and parts nothing."""

Base = tuple[str, str, str]
_Name = TypeVar("_Name")


class Roots:
    """Ids that stand for others: each entity has one id that stays, and leads to it from all others."""

    def __init__(self) -> None:
        self._parents: dict[str, str] = {}

    def of(self, entity_id: str) -> str:
        """The id that stays."""
        while (parent := self._parents.get(entity_id)) is not None:
            entity_id = parent
        return entity_id

    def lead(self, gone: str, stays: str) -> None:
        """Let one id, and all that lead to it, lead to another; nothing where they are one already."""
        gone, stays = self.of(gone), self.of(stays)
        if gone != stays:
            self._parents[gone] = stays

    def part(self, entity_id: str) -> None:
        """Let an id stand for itself again."""
        self._parents.pop(entity_id, None)

    def copy(self) -> "Roots":
        """One to change."""
        twin = Roots()
        twin._parents = dict(self._parents)
        return twin


class Witnesses:
    """What documents tell about names that are compared: noted document by document, judged at the end."""

    def __init__(self) -> None:
        self._middles: dict[Base, set[tuple[str, ...]]] = defaultdict(set)
        self._fulls: dict[Base, Counter[Base]] = defaultdict(Counter)
        self._acronyms: dict[str, Counter[str]] = defaultdict(Counter)

    def note(self, cluster: Cluster) -> None:
        """What one entity of one document tells."""
        if cluster.kind == PERSON:
            self._note_person(cluster)
        elif cluster.kind == ORGANISATION:
            long = organisation_key(cluster.name)
            for short in {organisation_key(text) for text in cluster.texts if is_acronym_of(text, cluster.name)}:
                self._acronyms[short][long] += 1

    def note_key(self, key: Key) -> None:
        """A name that no document need have."""
        if key[0] == PERSON and len(key) > 3:
            given, surname, generation, *middles = key[1:]
            self._middles[given, surname, generation].add(tuple(middles))

    def _note_person(self, cluster: Cluster) -> None:
        chosen = person_of(cluster)
        if chosen is None:
            return
        self.note_key(person_key(chosen))
        names = {name for text in (cluster.name, *cluster.texts) if (name := person_name(text)) is not None}
        for short in {name.base for name in names if chosen.given in name.fulls and name.surname == chosen.surname}:
            self._fulls[short][chosen.base] += 1

    def roots(self) -> Roots:
        """Which ids are one. It depends on what was noted, not on the order."""
        roots = Roots()
        for base, middles in sorted(self._middles.items()):
            for stays, gone in _classes(base, middles):
                roots.lead(gone, stays)
        for short, fulls in sorted(self._fulls.items()):
            if (full := _dominant(fulls)) is not None:
                roots.lead(id_of((PERSON, *short)), id_of((PERSON, *full)))
        for acronym, longs in sorted(self._acronyms.items()):
            if (long := _dominant(longs)) is not None:
                roots.lead(id_of((ORGANISATION, acronym)), id_of((ORGANISATION, long)))
        return roots


def _dominant(votes: Mapping[_Name, int]) -> _Name | None:
    most = max(votes.values())
    winners = [name for name, count in votes.items() if count == most]
    return winners[0] if most >= DOMINANT * sum(votes.values()) and len(winners) == 1 else None


def _classes(base: Base, middles: Iterable[tuple[str, ...]]) -> Iterable[tuple[str, str]]:
    """Pairs of an id that stays and one that leads to it, for people who differ in their middle names only.

    As long as none contradict each other they are one, under the id of the name without any. Else those that fit
    together are one, under the id of the shortest; the name without any is nobody's but its own.
    """
    named = sorted({middle for middle in middles if middle}, key=lambda middle: (len("".join(middle)), middle))
    if _agree(named):
        return [(id_of((PERSON, *base)), id_of((PERSON, *base, *middle))) for middle in named]
    pairs = []
    for group in _components(named):
        if _agree(group):
            first = id_of((PERSON, *base, *group[0]))
            pairs += [(first, id_of((PERSON, *base, *middle))) for middle in group[1:]]
    return pairs


def _agree(names: list[tuple[str, ...]]) -> bool:
    return all(are_compatible(one, other) for at, one in enumerate(names) for other in names[:at])


def _components(names: list[tuple[str, ...]]) -> list[list[tuple[str, ...]]]:
    """Groups that are joined by names that fit, directly or through others."""
    groups: list[list[tuple[str, ...]]] = []
    for name in names:
        joined = [group for group in groups if any(are_compatible(name, other) for other in group)]
        groups = [group for group in groups if group not in joined]
        groups.append([*(other for group in joined for other in group), name])
    return [sorted(group, key=lambda middle: (len("".join(middle)), middle)) for group in groups]
