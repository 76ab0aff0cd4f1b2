"""Invented documents for the tests of linking: names alone, since linking reads no text."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from transforms.linking.clusters import MentionFacts
from transforms.linking.linker import Linker
from transforms.linking.records import CanonicalEntity, EntityDecision

Document = Sequence[MentionFacts]
DAY = datetime(2026, 3, 4)


def person(name: str, *texts: str, role: str | None = None) -> list[MentionFacts]:
    """Mentions of one person of a document, by its name alone where no texts are given."""
    return [("PERSON", name, text, role) for text in texts or (name,)]


def mentions(label: str, name: str, *texts: str) -> list[MentionFacts]:
    return [(label, name, text, None) for text in texts or (name,)]


class Linked:
    """Documents after linking."""

    def __init__(self, documents: Iterable[Document], decisions: Iterable[EntityDecision] = ()) -> None:
        self.documents = [list(document) for document in documents]
        linker = Linker(decisions)
        for document in self.documents:
            linker.observe(document)
        self.assigned = [linker.assign(document, DAY) for document in self.documents]
        self.rows: list[CanonicalEntity] = list(linker.canonical_entities())
        self.by_id: Mapping[str, CanonicalEntity] = {row.entity_id: row for row in self.rows}

    def id_of(self, text: str, document: int | None = None) -> str | None:
        """The one id that the mentions with this text have, in all documents or in one."""
        pairs = [
            (mention, entity_id)
            for number, (mentions, ids) in enumerate(zip(self.documents, self.assigned, strict=True))
            for mention, entity_id in zip(mentions, ids, strict=True)
            if document in (None, number)
        ]
        (found,) = {entity_id for mention, entity_id in pairs if mention[2] == text}
        return found

    def row(self, text: str, document: int | None = None) -> CanonicalEntity:
        entity_id = self.id_of(text, document)
        assert entity_id is not None
        return self.by_id[entity_id]

    @property
    def pairs(self) -> dict[tuple[MentionFacts, ...], list[str | None]]:
        """Ids by document, whatever the order of the documents."""
        return {tuple(document): ids for document, ids in zip(self.documents, self.assigned, strict=True)}
