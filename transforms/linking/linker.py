"""Linking the documents of a warehouse: first all are looked at, then each mention gets the id of its entity.

::

    linker = Linker(decisions)
    for mentions in documents:
        linker.observe(mentions)
    for mentions in documents:
        ids = linker.assign(mentions, day)
    linker.add_quotes(counts_by_id)
    rows = linker.canonical_entities()
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property

from transforms.linking.clusters import (
    COUNTRY,
    PEOPLES,
    Cluster,
    MentionFacts,
    clusters_of,
    id_of,
    key_of,
    names_in,
)
from transforms.linking.decisions import Decisions
from transforms.linking.places import country_name, country_of_people
from transforms.linking.records import CanonicalEntity, EntityDecision
from transforms.linking.tally import Linked, Tally
from transforms.linking.unions import Roots, Witnesses


class Linker:
    """Decides which entities of different documents are one. What it gives depends on the documents and decisions
    alone, not on the order of either.

    Memory grows with the number of different names and, by 4 bytes each, with the entities of all documents.
    """

    def __init__(self, decisions: Iterable[EntityDecision] = ()) -> None:
        self._decisions = Decisions(decisions)
        self._witnesses = Witnesses()
        for key in self._decisions.canonical_keys():
            self._witnesses.note_key(key)
        self._tally = Tally()
        self._codes: dict[str, tuple[str, str | None]] = {}

    def observe(self, mentions: Sequence[MentionFacts]) -> None:
        """Look at one document: label, canonical name in the document, text and role of each mention, in any order."""
        for cluster in clusters_of(mentions):
            self._witnesses.note(cluster)

    @cached_property
    def _roots(self) -> Roots:
        return self._witnesses.roots()

    @cached_property
    def _decided_roots(self) -> Roots:
        return self._decisions.applied(self._roots)

    def assign(self, mentions: Sequence[MentionFacts], published_on: datetime | None) -> list[str | None]:
        """The ids of the mentions of one document, once all have been observed; counts them, too.

        None for values, and for names that do not tell who it is: a lone surname, an initial and a surname.
        """
        ids: list[str | None] = [None] * len(mentions)
        linked = list(self._linked(clusters_of(mentions)))
        for one in linked:
            for position in one.cluster.positions:
                ids[position] = one.entity_id
        self._tally.add(linked, published_on)
        return ids

    def _linked(self, clusters: Sequence[Cluster]) -> Iterator[Linked]:
        names = names_in(clusters)
        for cluster in clusters:
            key = key_of(cluster, names)
            own = id_of(key) if key is not None else None
            entity_id = self._decisions.id_for(cluster.kind, cluster.name, own, self._decided_roots)
            if entity_id is None:
                continue
            if key is not None and key[0] == COUNTRY:
                self._note_code(entity_id, key[1], country_name(key[1]))
            elif cluster.kind == PEOPLES and (code := country_of_people(cluster.name)) is not None:
                self._note_code(entity_id, code, None)
            yield Linked(cluster, entity_id, self._roots.of(own) if own else entity_id, own or entity_id)

    def _note_code(self, entity_id: str, code: str, country: str | None) -> None:
        """A country's own name tells more than its people's; of two countries that were made one, the first stays."""
        known = self._codes.get(entity_id)
        if known is None or (country is not None, known[0]) > (known[1] is not None, code):
            self._codes[entity_id] = code, country

    def add_quotes(self, quotes: Mapping[str, int]) -> None:
        """How many quotes are by each entity."""
        self._tally.add_quotes(quotes)

    def canonical_entities(self) -> Iterable[CanonicalEntity]:
        """A row for every entity that has a mention, in the order of their ids."""
        return self._tally.rows(self._decisions.named(self._decided_roots), self._codes)
