"""What the name components hand to each other on the ``Doc``."""

from dataclasses import dataclass

from spacy.tokens import Doc

from transforms.names.drafts import Draft, drafts_of
from transforms.names.words import Words

if not Doc.has_extension("name_work"):
    Doc.set_extension("name_work", default=None)


@dataclass(slots=True)
class NameWork:
    """Mentions in the making, sorted and apart, and the words of the text."""

    drafts: list[Draft]
    words: Words


def work_of(doc: Doc) -> NameWork:
    """What the component before left; the model's entities where this one is the first."""
    if doc._.name_work is None:
        doc._.name_work = NameWork(drafts_of(doc), Words(doc))
    work: NameWork = doc._.name_work
    return work
