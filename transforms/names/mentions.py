"""From drafts and clusters to the mentions that the component leaves on the ``Doc``."""

from collections.abc import Sequence

from spacy.tokens import Doc

from transforms.names.clusters import Cluster, cluster
from transforms.names.drafts import Draft, taken_tokens
from transforms.names.gender import set_genders
from transforms.names.lexicon import state_nouns
from transforms.names.namesakes import part_namesakes
from transforms.names.roles import PERSON, nouns_of, role_of
from transforms.names.spans import Mention
from transforms.records import MentionType

_WITH_ROLES = frozenset({PERSON, "ORG"})


def mentions_of(doc: Doc, drafts: Sequence[Draft]) -> list[Mention]:
    """Resolve the names of one document: canonical name, role, gender and entity number of every draft.

    Returns the mentions in reading order; entities are numbered in the order of their first mention.
    """
    clusters = part_namesakes(doc, drafts, cluster(drafts, _states(doc, drafts)))
    roles = _roles(doc, drafts)
    numbers = [0] * len(drafts)
    for number, entity in enumerate(clusters):
        for member in entity.members:
            numbers[member] = number
            if (role := roles[member]) is not None:
                entity.roles.update(nouns_of(role))
    set_genders(doc, drafts, clusters)
    return [
        _mention(draft, role, number, clusters[number])
        for draft, role, number in zip(drafts, roles, numbers, strict=True)
    ]


def _states(doc: Doc, drafts: Sequence[Draft]) -> set[int]:
    """Positions of the peoples that stand for their state ("the Russian government")."""
    return {
        position
        for position, draft in enumerate(drafts)
        if draft.label == "NORP" and draft.last < len(doc) and doc[draft.last].lower_ in state_nouns()
    }


def _roles(doc: Doc, drafts: Sequence[Draft]) -> list[str | None]:
    taken = taken_tokens(doc, (draft for draft in drafts if draft.label == PERSON))
    return [role_of(doc, draft, taken) if draft.label in _WITH_ROLES else None for draft in drafts]


def _mention(draft: Draft, role: str | None, number: int, entity: Cluster) -> Mention:
    return Mention(
        draft.start,
        draft.end,
        draft.label,
        draft.label_model,
        draft.label_source,
        MentionType.PROP,
        entity.name,
        role,
        number,
        entity.gender,
    )
