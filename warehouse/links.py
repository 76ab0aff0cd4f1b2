"""What a rebuild of ``canonical_entities`` finds in a snapshot: documents to link, and the ids that their rows get.

Read file by file: of the mentions of a month no more is held than the names that its quotes need, and of all files only
the ids that change, 4 bytes a row.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.layout import MONTH_KEY
from warehouse.snapshots import Snapshot
from warehouse.tables.entities import ENTITIES
from warehouse.tables.quotes import QUOTES

Mentions = Sequence[tuple[str, str, str, str | None]]
"""Label, canonical name, text and role of the mentions of one document."""

_FACTS = ("label", "canonical_name", "text", "role")
_ENTITY_COLUMNS = ["document_id", *_FACTS, "mention_id", "published_on", "entity_id"]
_QUOTE_COLUMNS = ["document_id", "speaker_canonical", "speaker_mention_id", "speaker_entity_id"]

PREFERRED = ("PERSON", "ORG")
"""Labels of who speaks, where several entities of a document have the speaker's name; then any other."""

IDS = pa.dictionary(pa.int32(), pa.string())


class Linker(Protocol):
    """Decides which entities of different documents are one; see ``transforms.linking.linker``."""

    def observe(self, mentions: Mentions) -> None:
        """Look at one document."""

    def assign(self, mentions: Mentions, published_on: datetime | None) -> list[str | None]:
        """The ids of its mentions, once all documents have been observed."""

    def add_quotes(self, quotes: Mapping[str, int]) -> None:
        """How many quotes are by each entity."""

    def canonical_entities(self) -> Iterable[object]:
        """The rows of ``canonical_entities``, in the order of their ids."""


@dataclass
class Links:
    """What a rebuild changes in the rows of entities and quotes.

    Attributes:
        files: the new values of ``entity_id`` or ``speaker_entity_id`` of files in which some change.
        mentions, linked: mentions that were looked at, and those that have an id.
        quotes: quotes whose speaker has an id.
    """

    files: dict[Path, pa.Array] = field(default_factory=dict)
    mentions: int = 0
    linked: int = 0
    quotes: int = 0


@dataclass
class _Names:
    """Who the documents of one month speak of: ids of their mentions, and by name and label."""

    by_mention: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    by_name: dict[tuple[str, str], dict[str, str | None]] = field(default_factory=lambda: defaultdict(dict))

    def speaker(self, document_id: str, name: str, mention_id: str | None) -> str | None:
        """The id of who is called ``name`` there. The mention in the speaker's words may be of somebody else ("her
        lawyer"), and tells only where it has the same name."""
        called, entity_id = self.by_mention.get(mention_id or "", ("", None))
        if called == name:
            return entity_id
        known = self.by_name.get((document_id, name), {})
        labels = [label for label in (*PREFERRED, *sorted(known)) if label in known]
        return known[labels[0]] if labels else None


def find_links(base: Snapshot, linker: Linker) -> Links:
    """Show all documents of a snapshot to a linker, and note the ids that change. It has then counted all of them."""
    for file in base.files(ENTITIES):
        for positions, columns in _documents(file):
            linker.observe(_mentions(positions, columns))
    links = Links()
    for month in _months(base):
        names = _link_entities(base, month, linker, links)
        _link_quotes(base, month, names, linker, links)
    return links


def _months(base: Snapshot) -> list[str]:
    folders = [*base.directory(ENTITIES).glob(f"{MONTH_KEY}=*"), *base.directory(QUOTES).glob(f"{MONTH_KEY}=*")]
    return sorted({folder.name.partition("=")[2] for folder in folders})


def _documents(file: Path) -> Iterator[tuple[list[int], dict[str, list[object]]]]:
    """The rows of each document of a file, by their positions in its columns. A document is never cut in two files."""
    columns = pq.ParquetFile(file).read(columns=_ENTITY_COLUMNS).to_pydict()
    positions: dict[str, list[int]] = defaultdict(list)
    for position, document_id in enumerate(columns["document_id"]):
        positions[document_id].append(position)
    for found in positions.values():
        yield found, columns


def _mentions(positions: list[int], columns: dict[str, list[object]]) -> Mentions:
    facts = [columns[name] for name in _FACTS]
    return [tuple(values[position] for values in facts) for position in positions]  # type: ignore[misc]


def _link_entities(base: Snapshot, month: str, linker: Linker, links: Links) -> _Names:
    wanted = _speakers(base, month)
    names = _Names()
    for file in base.files(ENTITIES, {month}):
        rows: list[str | None] = []
        columns: dict[str, list[object]] = {}
        for positions, columns in _documents(file):
            rows = rows or [None] * len(columns["document_id"])
            mentions = _mentions(positions, columns)
            ids = linker.assign(mentions, columns["published_on"][positions[0]])  # type: ignore[arg-type]
            for position, entity_id, (label, name, _, _) in zip(positions, ids, mentions, strict=True):
                rows[position] = entity_id
                document_id = str(columns["document_id"][position])
                if (document_id, name) in wanted:
                    names.by_name[document_id, name][label] = entity_id
                    names.by_mention[str(columns["mention_id"][position])] = name, entity_id
        links.mentions += len(rows)
        links.linked += len(rows) - rows.count(None)
        if rows != columns.get("entity_id", []):
            links.files[file] = pa.array(rows, IDS)
    return names


def _speakers(base: Snapshot, month: str) -> set[tuple[str, str]]:
    """Documents and names of the speakers of a month."""
    found: set[tuple[str, str]] = set()
    for file in base.files(QUOTES, {month}):
        rows = pq.ParquetFile(file).read(columns=["document_id", "speaker_canonical"]).to_pydict()
        found |= {pair for pair in zip(rows["document_id"], rows["speaker_canonical"], strict=True) if pair[1]}
    return found


def _link_quotes(base: Snapshot, month: str, names: _Names, linker: Linker, links: Links) -> None:
    for file in base.files(QUOTES, {month}):
        columns = pq.ParquetFile(file).read(columns=_QUOTE_COLUMNS).to_pydict()
        rows = [
            names.speaker(document_id, name, mention_id) if name is not None else None
            for document_id, name, mention_id in zip(*(columns[key] for key in _QUOTE_COLUMNS[:3]), strict=True)
        ]
        counts = Counter(entity_id for entity_id in rows if entity_id is not None)
        linker.add_quotes(counts)
        links.quotes += counts.total()
        if rows != columns["speaker_entity_id"]:
            links.files[file] = pa.array(rows, IDS)
