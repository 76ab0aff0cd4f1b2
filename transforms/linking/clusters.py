"""The named things of one document, as its mentions tell them, with the key that each is compared by."""

from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

from transforms.linking.fold import entity_id, fold
from transforms.linking.organisations import is_company, organisation_key
from transforms.linking.people import PersonName, fullest, person_name
from transforms.linking.places import country_code, people_key, place_key

VALUES = frozenset({"DATE", "TIME", "PERCENT", "MONEY", "QUANTITY", "ORDINAL", "CARDINAL"})
"""Labels of what is no entity that could be met in another document."""

PERSON, ORGANISATION, PLACE, PEOPLES, COUNTRY = "PERSON", "ORG", "PLACE", "NORP", "COUNTRY"
KINDS = (PERSON, ORGANISATION, PLACE, PEOPLES, "EVENT", "LANGUAGE", "LAW", "PRODUCT", "WORK_OF_ART")
"""All kinds: those of OntoNotes, the places together."""

_PLACE_LABELS = frozenset({"GPE", "LOC", "FAC"})
_MAY_BE_A_STATE = frozenset({PLACE, ORGANISATION, PEOPLES})

Key = tuple[str, ...]
"""The kind of a thing, then what it is compared by; the id is a hash of it."""


MentionFacts = tuple[str, str, str, str | None]
"""What linking reads of a row of ``entities``: label, canonical name in the document, text, role."""


@dataclass(slots=True)
class Cluster:
    """One entity of a document.

    Attributes:
        kind: its label; ``PLACE`` for all labels of places.
        name: its canonical name in the document.
        positions: of its mentions among those of the document.
        labels, texts: of its mentions, counted.
        roles: all that are stated.
    """

    kind: str
    name: str
    positions: list[int]
    labels: Counter[str]
    texts: Counter[str]
    roles: set[str]


def kind_of(label: str) -> str | None:
    """What is compared with each other: a label, or all labels of places; None for values."""
    return None if label in VALUES else PLACE if label in _PLACE_LABELS else label


def clusters_of(mentions: Sequence[MentionFacts]) -> list[Cluster]:
    """The entities of one document, in the order of their first mentions; values are left out."""
    found: dict[tuple[str, str], Cluster] = {}
    for position, (given, name, text, role) in enumerate(mentions):
        label = ORGANISATION if given == PERSON and is_company(name) else given
        kind = kind_of(label)
        if kind is None:
            continue
        cluster = found.get((kind, name))
        if cluster is None:
            cluster = found[kind, name] = Cluster(kind, name, [], Counter(), Counter(), set())
        cluster.positions.append(position)
        cluster.labels[label] += 1
        cluster.texts[text] += 1
        if role is not None:
            cluster.roles.add(role)
    return list(found.values())


def names_in(clusters: Iterable[Cluster]) -> Set[str]:
    """All folded names of a document."""
    return {fold(text) for cluster in clusters for text in (cluster.name, *cluster.texts)}


def title_of(cluster: Cluster) -> str | None:
    """The one title by which a person of a single name is known ("Pope" beside "Francis"); None for all others."""
    if cluster.kind != PERSON or person_name(cluster.name) is not None:
        return None
    known = {role for role in cluster.roles if person_name(cluster.name, role) is not None}
    return known.pop() if len(known) == 1 else None


def person_of(cluster: Cluster) -> PersonName | None:
    """The fullest name that the document gives to a person; None for a lone surname."""
    named = person_name(cluster.name)
    names = [name for text in sorted(cluster.texts) if (name := person_name(text)) is not None]
    if named is not None:
        return fullest(names, named)
    if len({name.base for name in names}) == 1:
        return fullest(names, names[0])
    title = title_of(cluster)
    return person_name(cluster.name, title) if title is not None else None


def person_key(name: PersonName) -> Key:
    """With the middle names, which settle later whether they tell people apart."""
    return (PERSON, *name.base, *name.middles)


def name_key(kind: str, name: str, in_document: Set[str] = frozenset()) -> Key | None:
    """The key of a name that is no person's; None where nothing is left of it."""
    if kind in _MAY_BE_A_STATE and (code := country_code(name, in_document)) is not None:
        return (COUNTRY, code)
    keys = {PLACE: place_key, ORGANISATION: organisation_key, PEOPLES: people_key}
    key = keys.get(kind, fold)(name)
    return (kind, key) if key else None


def key_of(cluster: Cluster, in_document: Set[str]) -> Key | None:
    """What a document's entity is compared by; None where its name cannot tell who it is."""
    if cluster.kind != PERSON:
        return name_key(cluster.kind, cluster.name, in_document)
    name = person_of(cluster)
    return person_key(name) if name is not None else None


def decided_key(kind: str, name: str) -> Key:
    """The key of a name that a person gave: also a single one of a person ("Madonna")."""
    if kind != PERSON:
        return name_key(kind, name) or (kind, name)
    full = person_name(name)
    return person_key(full) if full is not None else (PERSON, fold(name) or name)


def id_of(key: Key) -> str:
    """The id of what has this key."""
    return entity_id(*key)
