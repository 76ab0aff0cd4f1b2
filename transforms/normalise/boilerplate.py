"""Paragraphs that an outlet prints under many articles, learned by counting in how many they stand. Pure.

A paragraph counts for an outlet when it stands in at least 5 different texts and in 1 of 100 of them (10 and 1 of 200
where no outlet is known). Long ones, and those with quotation marks, never count: words that were said are no
furniture.
What is learned depends on the set of articles alone, not on the order or the batches in which they came.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from transforms.normalise.paragraphs import paragraphs
from transforms.normalise.rules import load_rules

MIN_TEXTS, MIN_SHARE = 5, 0.01
MIN_TEXTS_UNKNOWN, MIN_SHARE_UNKNOWN = 10, 0.005
MAX_CHARACTERS = 300
MIN_LETTERS = 8
QUOTE_CHARACTERS = frozenset('"“”„‟«»‹›＂〝〞')
UNKNOWN = ""
"""The outlet of articles that name none."""

_COUNTED_AT_ONCE = 2_000_000

Source = Callable[[], Iterable[tuple[str | None, str, str]]]
"""Gives (publisher, hash of the text, text) of all articles, each time it is called."""


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """Learned paragraphs by outlet, as :func:`key_of` spells them."""

    lines: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def of(self, publisher: str | None) -> frozenset[str]:
        """The paragraphs of one outlet."""
        return self.lines.get(publisher or UNKNOWN, frozenset())

    def __repr__(self) -> str:
        """Short, and different for different content: it is part of what decides how rows come out."""
        content = repr(sorted((name, sorted(lines)) for name, lines in self.lines.items()))
        return f"Boilerplate({hashlib.blake2b(content.encode(), digest_size=8).hexdigest()})"


def key_of(paragraph: str) -> str | None:
    """The spelling under which a paragraph is counted; None for one that is never boilerplate."""
    if len(paragraph) > MAX_CHARACTERS or not QUOTE_CHARACTERS.isdisjoint(paragraph):
        return None
    key = " ".join(paragraph.casefold().split())
    return key if sum(character.isalpha() for character in key) >= MIN_LETTERS else None


def is_furniture(key: str) -> bool:
    """Whether a paragraph begins as no paragraph of an article does, whatever the outlet."""
    return key.startswith(tuple(load_rules("normalise_boilerplate")["openings"]))


def begins_trailer(paragraph: str) -> bool:
    """Whether this paragraph and all after it are no part of the article."""
    return paragraph[:MAX_CHARACTERS].casefold().startswith(tuple(load_rules("normalise_boilerplate")["trailers"]))


def learn(source: Source, expected_paragraphs: int = 0) -> Boilerplate:
    """The boilerplate of all articles of ``source``, which is read once, or several times when there are many.

    Args:
        source: the articles. Copies of one text count once.
        expected_paragraphs: how many there are, about: memory holds counts of 2,000,000 at a time.
    """
    passes = 1 + expected_paragraphs // _COUNTED_AT_ONCE
    found: dict[str, set[str]] = defaultdict(set)
    for turn in range(passes):
        texts, counts = _count(source(), turn, passes)
        for (publisher, key), count in counts.items():
            least, share = (MIN_TEXTS, MIN_SHARE) if publisher else (MIN_TEXTS_UNKNOWN, MIN_SHARE_UNKNOWN)
            if count >= max(least, share * texts[publisher]):
                found[publisher].add(key)
    return Boilerplate({name: frozenset(lines) for name, lines in sorted(found.items())})


def _count(
    articles: Iterable[tuple[str | None, str, str]], turn: int, passes: int
) -> tuple[Counter[str], Counter[tuple[str, str]]]:
    texts: Counter[str] = Counter()
    counts: Counter[tuple[str, str]] = Counter()
    seen: set[str] = set()
    for publisher, text_hash, text in articles:
        if text_hash in seen:
            continue
        seen.add(text_hash)
        texts[publisher or UNKNOWN] += 1
        counts.update(
            (publisher or UNKNOWN, key) for key in set(_keys(text)) if passes == 1 or _slot(key) % passes == turn
        )
    return texts, counts


def _slot(key: str) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=4).digest(), "big")


def _keys(text: str) -> Iterator[str]:
    for start, end in paragraphs(text):
        if end - start <= MAX_CHARACTERS and (key := key_of(text[start:end])) is not None:
            yield key
