"""Invented warehouses for the explorer: small ones full of exceptions, and one of hostile words."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa

from warehouse.columns import Column, Table
from warehouse.snapshots import Snapshot
from warehouse.stored import month_of
from warehouse.tables import TABLES
from warehouse.transaction import transaction
from warehouse.writer import SnapshotWriter

SPEAKERS = ("Ada Marsh", "Ben O'Hara", 'Cleo "Vee" Varga', "Dov\u202eLind", "Ünal Şen", "<b>Eve</b>", None)
OUTLETS = ("The Herald", "Böe & Co", None)
WORDS = ("the", "tax", "taxi", "Tax", "river", "straße", "naïve", "under_tax", "ceasefire", "a.b", "100%", "été")
DAYS = (datetime(2024, 11, 30), datetime(2024, 12, 1), datetime(2025, 1, 6), datetime(2025, 2, 28), None)
LABELS = ("PERSON", "ORG", "GPE")


@dataclass
class World:
    """Rows of the tables, by name."""

    rows: dict[str, list[dict[str, Any]]] = field(
        default_factory=lambda: {name: [] for name in ("documents", "entities", "quotes", "rejects", "sources")}
    )

    def article(self, document_id: str, text: str, day: datetime | None, **columns: object) -> None:
        """A document; quotes and mentions are added to it."""
        row = {
            "document_id": document_id,
            "text": text,
            "published_on": day,
            "char_count": len(text),
            "word_count": len(text.split()),
            "language": "en",
            "model": "toy 1",
            "source_path": f"/landing/{document_id}.txt",
            "ingested_at": datetime(2026, 5, 1, tzinfo=UTC),
        }
        self.rows["documents"].append({**row, **columns})

    def quote(self, document_id: str, start: int, end: int, **columns: object) -> None:
        document = self._document(document_id)
        index = sum(row["document_id"] == document_id for row in self.rows["quotes"])
        document["quote_count"] = index + 1
        row = {
            "quote_id": f"{document_id}-q{index}",
            "document_id": document_id,
            "quote_index": index,
            "quote_type": "direct",
            "content": document["text"][start:end],
            "content_start": start,
            "content_end": end,
            "cue_start": -1,
            "cue_end": -1,
            "speaker_start": -1,
            "speaker_end": -1,
            "speaker_type": "named",
            "attribution_method": "cue_after",
            "confidence": 0.9,
            "published_on": document["published_on"],
        }
        self.rows["quotes"].append({**row, **columns})

    def mention(self, document_id: str, start: int, end: int, name: str, **columns: object) -> None:
        document = self._document(document_id)
        index = sum(row["document_id"] == document_id for row in self.rows["entities"])
        row = {
            "mention_id": f"{document_id}-m{index}",
            "document_id": document_id,
            "start": start,
            "end": end,
            "text": document["text"][start:end],
            "label": "PERSON",
            "mention_type": "PROP",
            "canonical_name": name,
            "published_on": document["published_on"],
        }
        self.rows["entities"].append({**row, **columns})

    def _document(self, document_id: str) -> dict[str, Any]:
        return next(row for row in self.rows["documents"] if row["document_id"] == document_id)

    def commit(self, root: Path) -> Path:
        """One snapshot of all rows."""

        def write(writer: SnapshotWriter, _: Snapshot | None) -> None:
            for name, rows in self.rows.items():
                table = TABLES[name]
                months = sorted({month_of(row["published_on"]) for row in rows}) if table.partitioned else [None]
                for month in months:
                    chosen = [row for row in rows if month is None or month_of(row["published_on"]) == month]
                    if chosen:
                        writer.add(table, month, _filled(table, chosen), 100)

        with transaction(root, None, 60.0) as begun:
            begun.make("test", write)
        return root


def _filled(table: Table, rows: Sequence[dict[str, Any]]) -> pa.Table:
    """Rows with the columns that were not given: null, or empty where null may not be."""
    return pa.Table.from_pylist(
        [{column.name: row.get(column.name, _nothing(column)) for column in table.columns} for row in rows],
        schema=table.schema(),
    )


def _nothing(column: Column) -> Any:
    if column.nullable:
        return None
    return [] if pa.types.is_list(column.type) else "" if pa.types.is_string(column.type) else 0


def mixed(*, linked: bool, documents: int = 60) -> World:
    """Articles of several outlets, months and languages, with quotes that nest, and mentions in and out of them.

    Args:
        linked: whether some speakers and entities have ids across documents, the same one under two names.
    """
    chance, world = Random(7), World()
    ids = {"Ada Marsh": "e1", "Ben O'Hara": "e1", "<b>Eve</b>": "e2"} if linked else {}
    for number in range(documents):
        document_id = f"{number:04d}"
        text = " ".join(chance.choice(WORDS) for _ in range(60))
        warnings = [[], ["encoding_repaired"], ["date_doubtful: 03/04", "encoding_repaired"]][number % 3]
        world.article(
            document_id,
            text,
            chance.choice(DAYS),
            publisher=chance.choice(OUTLETS),
            title=f"Story {number}" if number % 4 else None,
            language=chance.choice(("en", "de", None)),
            model="toy 1" if number % 5 else None,
            warnings=warnings,
        )
        for _ in range(chance.randrange(7)):
            start = chance.randrange(len(text) - 90)
            name = chance.choice(SPEAKERS)
            entity = ids.get(name or "")
            world.quote(
                document_id, start, start + chance.randrange(20, 90), speaker_canonical=name, speaker_entity_id=entity
            )
        for _ in range(chance.randrange(25)):
            start = chance.randrange(len(text) - 12)
            name = chance.choice(SPEAKERS) or "Fjord Ltd"
            columns = {"label": chance.choice(LABELS), "entity_id": ids.get(name), "paragraph_index": start // 80}
            world.mention(document_id, start, start + chance.randrange(3, 12), name, **columns)
    stands = world.rows["documents"][1]
    world.article("copy", stands["text"], stands["published_on"], duplicate_of=stands["document_id"], title="A copy")
    world.rows["rejects"] += [
        {"source_path": f"/landing/{n}.json", "reason": ("bad_json", "empty_body")[n % 2]} for n in range(3)
    ]
    world.rows["sources"] += [
        {"source_path": f"/landing/{n}.json", "status": ("done", "rejected")[n % 2]} for n in range(5)
    ]
    return world


HOSTILE = "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>"
EVIL_HOST = "evil.example"
LONG_WORD = "W" * 600


def hostile() -> World:
    """An article that tries whatever a page could fall for, in every column that is shown."""
    world = World()
    spoken = f"{HOSTILE} said ![x](https://{EVIL_HOST}/pixel) [y](javascript:window.hacked=1) $x$ </mark></article>"
    text = (
        f"{spoken} \u202egnorw si siht\u202c and \u2067\u0634\u0644\u0648\u0645\u2069. "
        f"שלום עולם אמר ראש העיר. {LONG_WORD} <style>body {{ display: none }}</style>\n\nEnd."
    )
    name = f"Mallory {HOSTILE} \u202eeve"
    world.article(
        "hostile",
        text,
        datetime(2026, 3, 4),
        title=f"{HOSTILE} {LONG_WORD} \u202eeltit",
        publisher=f"{HOSTILE} outlet \u202e",
        url="javascript:window.hacked=1",
        warnings=[f"{HOSTILE}: odd"],
        language="<b>xx</b>",
        source_path=f"/landing/{HOSTILE}.txt",
    )
    who = {"speaker_canonical": name, "speaker": f"{HOSTILE} she", "cue": "said <b>", "attribution_method": "cue_after"}
    world.quote("hostile", 0, len(spoken), **who, cue_start=3, cue_end=9, speaker_start=0, speaker_end=5, via=HOSTILE)
    world.quote("hostile", 5, len(text) - 2, **who, quote_type="indirect", addressee=HOSTILE)
    world.mention("hostile", 2, 20, name, label="<i>PERSON")
    world.mention("hostile", 10, 30, f"Other {HOSTILE}")
    world.rows["rejects"].append({"source_path": "/landing/x", "reason": HOSTILE})
    world.rows["sources"].append({"source_path": "/landing/x", "status": "done"})
    return world
