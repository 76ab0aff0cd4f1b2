"""Article texts to measure with: those of ONRECORD_SHARED where present (articles as people have them), else seeds/."""

import zipfile
from os import environ
from pathlib import Path

CORPUS = Path(environ.get("ONRECORD_SHARED", "../shared")) / "corpus" / "articles_txt.zip"


def texts(count: int) -> list[str]:
    """``count`` texts, taken evenly from the corpus; repeated where it has fewer."""
    if CORPUS.exists():
        with zipfile.ZipFile(CORPUS) as opened:
            names = opened.namelist()
            chosen = names[:: max(len(names) // count, 1)][:count]
            found = [opened.read(name).decode("utf-8", "replace").strip() for name in chosen]
    else:
        found = [path.read_text(errors="replace").strip() for path in sorted(Path("seeds").glob("1*.txt"))]
    return (found * (count // len(found) + 1))[:count]


def words_of(batch: list[str]) -> int:
    """Words, split at white space."""
    return sum(len(text.split()) for text in batch)
