"""Counting: from the mentions of all documents to the rows of ``canonical_entities``."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from transforms.linking.clusters import Cluster, title_of
from transforms.linking.co_mentions import CoMentions
from transforms.linking.records import AliasCount, CanonicalEntity, CoMention, ExternalId

MOST_ALIASES = 50
"""Spellings that an entity keeps, the most frequent first."""

PLACE_OF_LABELS = ("GPE", "PERSON", "ORG", "LOC", "FAC", "NORP")
"""Which label wins among equally frequent ones; others follow in the order of the alphabet."""


class Linked(NamedTuple):
    """An entity of a document, with its id, the id that the rules alone give it, and that of its name by itself."""

    cluster: Cluster
    entity_id: str
    ruled_id: str
    name_id: str


@dataclass(slots=True)
class _Counts:
    """What is known of one entity."""

    number: int
    names: Counter[str] = field(default_factory=Counter)
    own_names: Counter[str] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)
    texts: Counter[str] = field(default_factory=Counter)
    ids: set[str] = field(default_factory=set)
    documents: int = 0
    quotes: int = 0
    first: datetime | None = None
    last: datetime | None = None


class Tally:
    """Counts document by document."""

    def __init__(self) -> None:
        self._counts: dict[str, _Counts] = {}
        self._together = CoMentions()

    def add(self, linked: Iterable[Linked], published_on: datetime | None) -> None:
        """The entities of one document, and its day."""
        seen: set[str] = set()
        for cluster, entity_id, ruled_id, name_id in linked:
            counts = self._counts.get(entity_id)
            if counts is None:
                counts = self._counts[entity_id] = _Counts(len(self._counts))
            mentions = len(cluster.positions)
            title = title_of(cluster)
            name = f"{title} {cluster.name}" if title else cluster.name
            counts.names[name] += mentions
            if ruled_id == entity_id:
                counts.own_names[name] += mentions
            counts.ids.update((ruled_id, name_id))
            counts.labels.update(cluster.labels)
            counts.texts.update(cluster.texts)
            if entity_id not in seen:
                seen.add(entity_id)
                counts.documents += 1
                _extend(counts, published_on)
        self._together.add(self._counts[entity_id].number for entity_id in seen)

    def add_quotes(self, quotes: Mapping[str, int]) -> None:
        """Quotes by the id of their speaker."""
        for entity_id, count in quotes.items():
            self._counts[entity_id].quotes += count

    def rows(
        self,
        named: Mapping[str, tuple[str, tuple[ExternalId, ...]]],
        codes: Mapping[str, tuple[str, str | None]],
    ) -> Iterable[CanonicalEntity]:
        """The entities, in the order of their ids.

        Args:
            named: names and external ids that people gave, by id.
            codes: country codes by id, and the name of what is a country itself.
        """
        ids = list(self._counts)
        ranks = {entity_id: rank for rank, entity_id in enumerate(sorted(ids))}
        documents = [counts.documents for counts in self._counts.values()]
        together = self._together.top(documents, [ranks[entity_id] for entity_id in ids])
        for entity_id in ranks:
            counts = self._counts[entity_id]
            code, country = codes.get(entity_id, (None, None))
            name, external_ids = named.get(entity_id, (country or _name(counts), ()))
            near = sorted((-shared, ids[other]) for other, shared in together.get(counts.number, ()))
            yield CanonicalEntity(
                entity_id=entity_id,
                name=name,
                label=min(counts.labels, key=lambda label: (-counts.labels[label], _place(label), label)),
                aliases=tuple(AliasCount(text, count) for text, count in _ordered(counts.texts)[:MOST_ALIASES]),
                alias_ids=tuple(sorted(counts.ids - self._counts.keys())),
                country_code=code,
                external_ids=external_ids,
                mention_count=counts.texts.total(),
                quote_count=counts.quotes,
                document_count=counts.documents,
                first_seen=counts.first,
                last_seen=counts.last,
                co_mentions=tuple(CoMention(other, -shared) for shared, other in near),
            )


def _extend(counts: _Counts, day: datetime | None) -> None:
    if day is not None:
        counts.first = day if counts.first is None else min(counts.first, day)
        counts.last = day if counts.last is None else max(counts.last, day)


def _place(label: str) -> int:
    return PLACE_OF_LABELS.index(label) if label in PLACE_OF_LABELS else len(PLACE_OF_LABELS)


def _ordered(texts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(texts.items(), key=lambda item: (-item[1], item[0]))


def _name(counts: _Counts) -> str:
    """The most frequent of its names; of an entity that others were merged into, one of its own. Not one in capitals,
    where there is another."""
    names = counts.own_names or counts.names

    def rank(name: str) -> tuple[bool, int, int, str]:
        return (name.isupper() and " " in name, -names[name], -len(name), name)

    return min(names, key=rank)
