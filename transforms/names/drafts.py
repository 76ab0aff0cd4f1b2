"""Mentions while they are being worked on: token positions instead of characters, and every change noted."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from spacy.tokens import Doc

from transforms.doc_text import text_of

VALUE_LABELS = frozenset({"DATE", "TIME", "PERCENT", "MONEY", "QUANTITY", "ORDINAL", "CARDINAL"})
"""OntoNotes labels of values, which are not names: they are kept as the model gives them."""


def is_name(label: str) -> bool:
    """Whether a label is that of a name, and not of a date, an amount or a number."""
    return label not in VALUE_LABELS


MODEL = "model"
"""``label_source`` of a mention that is exactly what the model said."""


@dataclass(slots=True)
class Draft:
    """A mention in the making.

    Attributes:
        first: index of its first token.
        last: index one past its last token.
        start: first code point.
        end: one past the last code point.
        text: ``doc.text[start:end]``.
        label: the label so far.
        label_model: what the model said; empty when the model did not see a name here.
        edits: names of the steps that changed its borders or added it, in order.
        relabels: names of the steps that changed its label, in order.
        is_told: whether words beside it say what it is, so that its label counts for more.
        is_settled: whether its text is known to be one whose borders no look at the text would move.
    """

    first: int
    last: int
    start: int
    end: int
    text: str
    label: str
    label_model: str
    edits: tuple[str, ...] = ()
    relabels: tuple[str, ...] = ()
    is_told: bool = False
    is_settled: bool = False

    @property
    def is_name(self) -> bool:
        """Whether it is a name at all, and not a date, an amount or a number."""
        return is_name(self.label)

    def relabel(self, label: str, source: str) -> None:
        """Set another label and remember why; nothing is noted when it is the same."""
        if label != self.label:
            self.label = label
            self.relabels += (source,)

    @property
    def label_source(self) -> str:
        """The steps that made it differ from what the model said, joined by ``+``, or ``"model"``."""
        if self.label == self.label_model:
            return "+".join(dict.fromkeys(self.edits)) if self.edits else MODEL
        return "+".join(dict.fromkeys(self.edits + self.relabels)) or MODEL


def drafts_of(doc: Doc) -> list[Draft]:
    """The model's entities, in reading order."""
    return list(_from_entities(doc))


def _from_entities(doc: Doc) -> Iterator[Draft]:
    text = text_of(doc)
    for entity in doc.ents:
        start, end, label = entity.start_char, entity.end_char, entity.label_
        name = text[start:end]
        if name.isspace():
            continue  # a model may name a stretch of control characters
        yield Draft(entity.start, entity.end, start, end, name, label, label)


def taken_tokens(doc: Doc, drafts: Iterable[Draft]) -> bytearray:
    """For each token whether it belongs to one of the drafts."""
    taken = bytearray(len(doc))
    for draft in drafts:
        taken[draft.first : draft.last] = b"\1" * (draft.last - draft.first)
    return taken
