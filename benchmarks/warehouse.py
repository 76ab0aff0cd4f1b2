"""What a commit costs: 100 new documents, and one correction, into a warehouse of generated rows.

    python -m benchmarks.warehouse --documents 100000

Rows are invented but of realistic size: 3 kB of text, 40 mentions and 8 quotes a document, spread over 60 months.
"""

import argparse
import random
import resource
import shutil
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd

import warehouse
from warehouse.commit import CommitResult, commit
from warehouse.ledger import SourceRow, SourceStatus, source_parts
from warehouse.staging import StagedBatch, StagingArea
from warehouse.tables import to_arrow

SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]
START = datetime(2021, 1, 1)
BATCH = 500


def word(chance: random.Random) -> str:
    return "".join(chance.choices(SYLLABLES, k=chance.randint(1, 4)))


VOCABULARY = [word(random.Random(number)) for number in range(20_000)]
PEOPLE = [f"{VOCABULARY[2 * n].title()} {VOCABULARY[2 * n + 1].title()}" for n in range(4_000)]


def document(number: int, title: str, chance: random.Random) -> SimpleNamespace:
    text = " ".join(chance.choices(VOCABULARY, k=480))
    day = START + timedelta(days=number % 1_826)
    identity = f"{chance.getrandbits(128):032x}"
    return SimpleNamespace(
        document_id=identity[:20],
        url=f"https://{VOCABULARY[number % 50]}.example/{identity}",
        canonical_url=None,
        publisher=VOCABULARY[number % 50],
        title=title,
        authors=(chance.choice(PEOPLE),),
        section="world",
        language="en",
        language_score=0.99,
        text=text,
        char_count=len(text),
        word_count=480,
        published_at=day.replace(tzinfo=UTC),
        published_on=day,
        published_at_source="date_publish",
        modified_at=None,
        ingested_at=datetime(2026, 5, 1, tzinfo=UTC),
        dateline_place=None,
        text_hash=identity[:16],
        duplicate_of=None,
        near_duplicate_cluster=None,
        source_path=f"/landing/{number:08d}.json",
        source_member=None,
        source_record=0,
        source_format="json",
        source_sha256=identity + identity + title[:1],
        raw_text_sha256=identity + identity,
        record_hash=identity + title,
        marked_spans=(),
        encoding="utf-8",
        extraction_method="json",
        warnings=(),
        entity_count=40,
        quote_count=8,
        model="generated",
        pipeline_version="1",
        run_id="bench",
    )


def entity(parent: SimpleNamespace, number: int, chance: random.Random) -> SimpleNamespace:
    start = 70 * number + chance.randint(0, 40)
    name = chance.choice(PEOPLE)
    return SimpleNamespace(
        mention_id=f"{parent.document_id}-{start}",
        document_id=parent.document_id,
        start=start,
        end=start + 12,
        sentence_index=number // 2,
        paragraph_index=number // 6,
        text=name,
        label="PERSON",
        label_model="PERSON",
        label_source="model",
        role=None,
        mention_type="PROP",
        canonical_name=name,
        entity_id=None,
        model=parent.model,
        pipeline_version="1",
        published_on=parent.published_on,
    )


def quote(parent: SimpleNamespace, number: int, chance: random.Random) -> SimpleNamespace:
    start = 350 * number + chance.randint(0, 40)
    return SimpleNamespace(
        quote_id=f"{parent.document_id}-{start}",
        document_id=parent.document_id,
        quote_index=number,
        quote_type="direct",
        quote_group=number,
        content=parent.text[start : start + 120],
        content_start=start,
        content_end=start + 120,
        quoted_parts=(SimpleNamespace(start=start, end=start + 120),),
        paragraph_index=number,
        cue="said",
        cue_start=start + 122,
        cue_end=start + 126,
        cue_lemma="say",
        speaker="she",
        speaker_start=start + 127,
        speaker_end=start + 130,
        speaker_type="pronoun",
        speaker_canonical=chance.choice(PEOPLE),
        speaker_entity_id=None,
        speaker_mention_id=None,
        addressee=None,
        via=None,
        attribution_method="cue_after",
        confidence=0.9,
        model=parent.model,
        pipeline_version="1",
        published_on=parent.published_on,
    )


def ledger_row(parent: SimpleNamespace, read_at: int) -> SourceRow:
    return SourceRow(
        source_path=parent.source_path,
        size=4_000,
        mtime=read_at - 10**10,
        read_at=read_at,
        source_sha256=parent.source_sha256,
        status=SourceStatus.DONE,
        record_count=1,
        document_ids=(parent.document_id,),
        pipeline_version="1",
        run_id="bench",
    )


def stage(root: Path, numbers: range, title: str = "Title", read_at: int = 10**18) -> StagedBatch:
    parents, entities, quotes = [], [], []
    for number in numbers:
        chance = random.Random(number)
        parent = document(number, title, chance)
        parents.append(parent)
        entities += [entity(parent, index, chance) for index in range(40)]
        quotes += [quote(parent, index, chance) for index in range(8)]
    tables = {
        "documents": to_arrow("documents", parents),
        "entities": to_arrow("entities", entities),
        "quotes": to_arrow("quotes", quotes),
        "sources": source_parts([ledger_row(parent, read_at) for parent in parents]),
    }
    return StagingArea(root).write(f"{title}-{numbers.start}-{numbers.stop}", tables, {})


def staged_bytes(batch: StagedBatch) -> int:
    return sum(path.stat().st_size for path in batch.path.glob("*.parquet"))


def fill(root: Path, documents: int) -> Iterator[CommitResult]:
    """The documents, in commits of 20,000."""
    for first in range(0, documents, 20_000):
        last = min(documents, first + 20_000)
        batches = [stage(root, range(at, min(last, at + BATCH))) for at in range(first, last, BATCH)]
        yield commit(root, batches, f"fill-{first}")
        StagingArea(root).discard(batches)


def measure(root: Path, label: str, batch: StagedBatch) -> dict[str, Any]:
    began = time.perf_counter()
    result = commit(root, [batch], label)
    seconds = time.perf_counter() - began
    StagingArea(root).discard([batch])
    return {"what": label, "seconds": round(seconds, 3), "MB_written": round(result.bytes_written / 1e6, 3)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--keep", type=Path, help="warehouse to fill and keep, or to use when it is there")
    options = parser.parse_args()
    root = options.keep or Path(tempfile.mkdtemp()) / "data"
    if not (root / "current").exists():
        for result in fill(root, options.documents):
            print(f"filled: snapshot {result.snapshot}, {result.bytes_written / 1e6:.1f} MB written", flush=True)
    news = stage(root, range(options.documents, options.documents + 100))
    own = staged_bytes(news)
    rows = [measure(root, "100 new documents", news)]
    rows[0]["times_own_size"] = round(rows[0]["MB_written"] * 1e6 / own, 2)
    rows.append(measure(root, "one corrected document", stage(root, range(7, 8), "Corrected", 2 * 10**18)))
    began = time.perf_counter()
    found = warehouse.open(root).quotes(speaker=PEOPLE[7])
    rows.append({"what": f"quotes of a speaker ({len(found)} rows)", "seconds": round(time.perf_counter() - began, 3)})
    print(pd.DataFrame(rows).to_string(index=False))
    print(f"peak memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    if options.keep is None:
        shutil.rmtree(root.parent)


if __name__ == "__main__":
    main()
