"""Evidence for the gender of the people in a document."""

from collections import Counter
from collections.abc import Sequence

from spacy.tokens import Doc

from transforms.names.clusters import Cluster
from transforms.names.drafts import Draft
from transforms.names.lexicon import given_names, honorifics, role_nouns

_HONORIFIC_WEIGHT = 4
_ROLE_WEIGHT = 3
_NAME_WEIGHT = 3
_NEUTER = frozenset({"ORG", "GPE", "LOC", "FAC", "PRODUCT", "EVENT", "WORK_OF_ART", "LAW", "LANGUAGE"})


def set_genders(doc: Doc, drafts: Sequence[Draft], clusters: Sequence[Cluster]) -> None:
    """Set ``gender`` of each cluster from honorifics, gendered role nouns and given names; "n" for what is no person.

    The evidence is weighed, because a list of names is right only nearly always and an honorific may belong to a
    namesake. Contradicting evidence of equal weight leaves the gender open.
    """
    for entity in clusters:
        if entity.label in _NEUTER:
            entity.gender = "n"
        elif entity.label == "PERSON":
            entity.gender = _gender(doc, [drafts[member] for member in entity.members], entity.roles)


def honorific_gender(doc: Doc, draft: Draft) -> str | None:
    """Gender told by the word right before a mention ("Mr." → "m")."""
    if draft.first == 0:
        return None
    honorific = honorifics().get(doc[draft.first - 1].lower_.rstrip("."))
    return honorific.gender if honorific is not None else None


def name_gender(name: str) -> str | None:
    """Gender told by the given name of a full name."""
    words = name.split()
    return given_names().get(words[0].casefold()) if len(words) > 1 else None


def _gender(doc: Doc, mentions: Sequence[Draft], roles: set[str]) -> str | None:
    votes: Counter[str] = Counter()
    for gender in (honorific_gender(doc, mention) for mention in mentions):
        if gender is not None:
            votes[gender] += _HONORIFIC_WEIGHT
    for role in roles:
        if (noun := role_nouns().get(role)) is not None and noun.gender is not None:
            votes[noun.gender] += _ROLE_WEIGHT
    for text in {mention.text for mention in mentions}:
        if (gender := name_gender(text)) is not None:
            votes[gender] += _NAME_WEIGHT
    if votes["f"] == votes["m"]:
        return _bare_given_name(mentions)
    return "f" if votes["f"] > votes["m"] else "m"


def _bare_given_name(mentions: Sequence[Draft]) -> str | None:
    """Gender of somebody who is called by one word: only a woman's given name tells, as men's are surnames too."""
    if any(len(mention.text.split()) > 1 for mention in mentions):
        return None
    gender = given_names().get(mentions[0].text.casefold())
    return gender if gender == "f" else None
