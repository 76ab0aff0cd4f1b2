"""Near duplicates: recall on edited and cut copies, pairs to read, CPU seconds a 10,000 articles.

    python -m benchmarks.near_duplicates [--articles N] [--pairs FILE]

Uses the articles of ONRECORD_SHARED (default ../shared), else articles made of the words of seeds/. Every third article
gets a copy with one word in ten replaced, every other third one that is cut as desks cut wire copy: its last 20 to 60 %
of paragraphs or sentences go, and it gets another headline. A copy is found when it lands in the cluster of its origin.
"""

import argparse
import json
import os
import random
import re
import time
import zipfile
from collections import defaultdict
from itertools import combinations
from pathlib import Path

from transforms.near_duplicates import Signature, sign
from transforms.normalise import paragraphs
from transforms.normalise.boilerplate import learn
from transforms.normalise.marks import find_marks
from transforms.read.header import split_header
from transforms.records import MarkedKind
from warehouse.near_duplicates import Finder, Signatures
from warehouse.tables import to_arrow

SHARED = Path(os.environ.get("ONRECORD_SHARED", "../shared"))
SEED = 20261124
EDITED_SHARE = 0.1
BATCH = 500
HALF = 0.5


def load_articles(limit: int) -> list[str]:
    """Different texts of 50 words or more."""
    archive = SHARED / "corpus" / "articles_txt.zip"
    if not archive.is_file():
        raise SystemExit(f"No articles at {archive}: set ONRECORD_SHARED.")
    with zipfile.ZipFile(archive) as files:
        texts = (split_header(files.read(name).decode("utf-8", "replace")).body for name in sorted(files.namelist()))
        long = dict.fromkeys(text.strip() for text in texts if len(text.split()) >= 50)
    return list(long)[:limit]


def edited(text: str, words: list[str], rng: random.Random) -> str:
    """One word in ten replaced by another word of the corpus."""
    parts = re.split(r"(\s+)", text)
    places = [index for index in range(0, len(parts), 2) if parts[index]]
    for index in rng.sample(places, int(len(places) * EDITED_SHARE)):
        parts[index] = rng.choice(words)
    return "".join(parts)


def cut(text: str, words: list[str], rng: random.Random) -> str:
    """The beginning of a story under another headline."""
    sentences = re.split(r"(?<=[.!?])\s+", text)
    kept = max(1, round(len(sentences) * rng.uniform(0.4, 0.8)))
    return " ".join(rng.choices(words, k=8)) + "\n" + " ".join(sentences[:kept])


def cluster(texts: list[str], boilerplate: frozenset[str]) -> tuple[list[int], float, float]:
    """Number of the cluster of each text, CPU seconds of signing, CPU seconds of finding, in batches as commits do."""
    skipped = [skipped_in(text, boilerplate) for text in texts]  # an ingest has marked it already
    begin = time.process_time()
    signed = [sign(str(number), text, skipped[number]) for number, text in enumerate(texts)]
    signing = time.process_time() - begin
    begin = time.process_time()
    parent = list(range(len(texts)))

    def root(item: int) -> int:
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    stored: list[Signatures] = []
    for start in range(0, len(texts), BATCH):
        new = rows_of(signed[start : start + BATCH])
        finder = Finder(new)
        for one, two in finder.among_new():
            parent[root(int(new.ids[two]))] = root(int(new.ids[one]))
        for part in stored:
            for one, two in finder.among_stored(part):
                parent[root(int(new.ids[one]))] = root(int(part.ids[two]))
        stored.append(new)
    return [root(item) for item in range(len(texts))], signing, time.process_time() - begin


def skipped_in(text: str, boilerplate: frozenset[str]) -> list[tuple[int, int]]:
    """What an ingest leaves out of a signature."""
    kinds = {MarkedKind.BOILERPLATE, MarkedKind.WIRE_CREDIT}
    spans = find_marks(text, paragraphs(text), boilerplate=boilerplate).spans
    return [(span.start, span.end) for span in spans if span.kind in kinds]


def rows_of(signed: list[Signature]) -> Signatures:
    """As they are stored."""
    return Signatures.of(to_arrow("signatures", signed))


def alike_pair(texts: list[str], one: int, two: int, boilerplate: frozenset[str]) -> bool:
    """Whether a commit would take the two for near duplicates without any third."""
    both = rows_of([sign(str(number), texts[number], skipped_in(texts[number], boilerplate)) for number in (one, two)])
    return len(both) > 1 and any(Finder(both).among_new())


def shared_wording(one: str, other: str) -> float:
    """The share of the shorter text's runs of three words that the other one has too, counted and not estimated."""
    runs = [set(zip(words, words[1:], words[2:], strict=False)) for words in (_words(one), _words(other))]
    return len(runs[0] & runs[1]) / max(1, min(map(len, runs)))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def main() -> None:
    """Prints one JSON object; with --pairs writes the groups of different originals, to be read."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--articles", type=int, default=3000)
    parser.add_argument("--pairs", type=Path)
    arguments = parser.parse_args()
    rng = random.Random(SEED)
    originals = load_articles(arguments.articles)
    words = [word for text in originals[:200] for word in text.split()]
    copies = [(number, "edited" if number % 3 == 0 else "cut") for number in range(len(originals)) if number % 3 < 2]
    made = [(edited if kind == "edited" else cut)(originals[number], words, rng) for number, kind in copies]
    learned = learn(lambda: ((None, text, text) for text in originals)).of(None)
    clusters, signing, finding = cluster([*originals, *made], learned)
    found: dict[str, list[bool]] = defaultdict(list)
    for position, (number, kind) in enumerate(copies, len(originals)):
        found[kind].append(clusters[position] == clusters[number])
    together: dict[int, list[int]] = defaultdict(list)
    for number in range(len(originals)):
        together[clusters[number]].append(number)
    groups = [group for group in together.values() if len(group) > 1]
    if arguments.pairs:
        lines = (json.dumps([originals[number] for number in group], ensure_ascii=False) for group in groups)
        arguments.pairs.write_text("\n".join(lines), encoding="utf-8")
    pairs = [
        (alike_pair(originals, one, two, learned), shared_wording(originals[one], originals[two]))
        for group in groups
        for one, two in combinations(group, 2)
    ]
    scale = 10_000 / (len(originals) + len(made))
    figures = {
        "articles": len(originals) + len(made),
        "paragraphs_learned_as_boilerplate": len(learned),
        "recall_edited_10_percent": sum(found["edited"]) / len(found["edited"]),
        "recall_cut": sum(found["cut"]) / len(found["cut"]),
        "originals_in_groups": sum(map(len, groups)),
        "pairs_of_originals_found_alike": sum(alike for alike, _ in pairs),
        "of_these_sharing_less_than_half": sum(alike and shared < HALF for alike, shared in pairs),
        "pairs_of_originals_in_one_cluster_by_chains": sum(not alike for alike, _ in pairs),
        "of_those_sharing_less_than_half": sum(not alike and shared < HALF for alike, shared in pairs),
        "cpu_seconds_per_10k_signing": signing * scale,
        "cpu_seconds_per_10k_finding": finding * scale,
    }
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
