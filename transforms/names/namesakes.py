"""People who share a surname, told apart by the honorific before it: "Mr. Brandt" is not Ada Brandt."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from spacy.tokens import Doc

from transforms.names.clusters import Cluster
from transforms.names.drafts import Draft
from transforms.names.gender import honorific_gender, name_gender
from transforms.names.people import name_words, surname


def part_namesakes(doc: Doc, drafts: Sequence[Draft], clusters: Sequence[Cluster]) -> list[Cluster]:
    """Move bare surnames whose honorific contradicts their cluster to the one namesake whom it fits.

    Where no namesake fits, they become a person of their own. Returns the clusters in the order of first mention.
    """
    contradicted = {member: told for entity in clusters for member, told in _contradicted(doc, drafts, entity)}
    if not contradicted:
        return list(clusters)
    bearers = _bearers(clusters)
    parted: list[Cluster] = [Cluster(entity.name, entity.label, []) for entity in clusters]
    strangers: dict[tuple[str, str], Cluster] = {}
    for number, entity in enumerate(clusters):
        for member in entity.members:
            home = parted[number]
            if member in contradicted:
                home = _home(drafts[member], contradicted[member], entity, bearers, parted, home, strangers)
            home.members.append(member)
    for entity in parted:
        entity.members.sort()
    return sorted((entity for entity in [*parted, *strangers.values()] if entity.members), key=lambda e: e.members[0])


def _contradicted(doc: Doc, drafts: Sequence[Draft], entity: Cluster) -> Iterator[tuple[int, str]]:
    """The bare surnames of a person before which an honorific stands that does not fit the full name; its gender."""
    if entity.label != "PERSON":
        return
    for member in entity.members:
        told = honorific_gender(doc, drafts[member]) if " " not in drafts[member].text else None
        if told is not None and name_gender(entity.name) != told:
            yield member, told


def _bearers(clusters: Sequence[Cluster]) -> dict[tuple[str, str], list[int]]:
    """Surname and gender of the given name → clusters."""
    found: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for number, entity in enumerate(clusters):
        gender = name_gender(entity.name) if entity.label == "PERSON" else None
        if gender is not None:
            found[surname(name_words(entity.name)), gender].append(number)
    return dict(found)


def _home(
    draft: Draft,
    told: str,
    entity: Cluster,
    bearers: dict[tuple[str, str], list[int]],
    parted: Sequence[Cluster],
    home: Cluster,
    strangers: dict[tuple[str, str], Cluster],
) -> Cluster:
    key = (surname(name_words(draft.text)), told)
    fitting = bearers.get(key, [])
    if len(fitting) == 1:
        return parted[fitting[0]]
    if fitting or name_gender(entity.name) is None:
        return home
    return strangers.setdefault(key, Cluster(draft.text, entity.label, []))
