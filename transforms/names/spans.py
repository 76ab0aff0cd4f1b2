"""What the name components write on a ``Doc``: cleaned mentions and the entities that they belong to."""

from dataclasses import dataclass

from transforms.records import MentionType


@dataclass(slots=True)
class Mention:
    """One mention of an entity, in character offsets of the ``Doc``'s own text.

    Attributes:
        start: first code point.
        end: one past the last.
        label: the label we stand by (OntoNotes names: PERSON, ORG, GPE, …).
        label_model: what the spaCy model said.
        label_source: why ours differs ("model" when it does not).
        mention_type: name, common noun phrase or pronoun.
        canonical_name: the representative name of its entity within the document.
        role: title or function stated next to the name ("Russian Foreign Minister"), None when none is.
        cluster: number of its entity within the document.
        gender: "f", "m", "n" (organisation, place), or None when nothing tells.
    """

    start: int
    end: int
    label: str
    label_model: str
    label_source: str
    mention_type: MentionType
    canonical_name: str
    role: str | None
    cluster: int
    gender: str | None
