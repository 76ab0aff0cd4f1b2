"""Paragraphs that an outlet prints under many articles, learned by counting in how many they stand. Pure.

A paragraph counts for an outlet when it stands in at least 5 different texts and in 1 of 100 of them (10 and 1 of 200
where no outlet is known). Long ones, and those with quotation marks, never count: words that were said are no
furniture. Nor do texts that mostly repeat others: versions of one story are no furniture either.
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

MAX_REPEATED = 0.8
"""A text of which more than this share stands in other texts too is a version of a story and says nothing about
furniture: else what five desks made of one wire story would be taken for their boilerplate."""

_COUNTED_AT_ONCE = 2_000_000

_TEXTS_KEPT = 5_000
"""With their paragraphs these are some 40 MB."""

Article = tuple[str | None, str, str]
"""Publisher, hash of the text, text."""

Source = Callable[[], Iterable[Article]]
"""Gives all articles, each time it is called."""


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
    return key if sum(map(str.isalpha, key)) >= MIN_LETTERS else None


def is_furniture(key: str) -> bool:
    """Whether a paragraph begins as no paragraph of an article does, whatever the outlet."""
    return key.startswith(tuple(load_rules("normalise_boilerplate")["openings"]))


def begins_trailer(paragraph: str) -> bool:
    """Whether this paragraph and all after it are no part of the article."""
    return paragraph[:MAX_CHARACTERS].casefold().startswith(tuple(load_rules("normalise_boilerplate")["trailers"]))


def learn(source: Source, expected_paragraphs: int = 0) -> Boilerplate:
    """The boilerplate of all articles of ``source``, which is read twice, or more often when there are many.

    Args:
        source: the articles. Equal texts count once; so do the versions of one story, see :data:`MAX_REPEATED`.
        expected_paragraphs: how many there are, about: memory holds counts of 2,000,000 at a time.
    """
    passes = 1 + expected_paragraphs // _COUNTED_AT_ONCE
    spelled = _Spelling()
    repeated: set[tuple[str, str]] = set()
    for turn in range(passes):
        counts = _count(source(), spelled, turn, passes)
        repeated |= {place for place, count in counts.items() if count >= _thresholds(place[0])[0]}
    texts, counts = _count_repeated(source(), spelled, repeated)
    found: dict[str, set[str]] = defaultdict(set)
    for (publisher, key), count in counts.items():
        least, share = _thresholds(publisher)
        if count >= max(least, share * texts[publisher]):
            found[publisher].add(key)
    return Boilerplate({name: frozenset(lines) for name, lines in sorted(found.items())})


def _thresholds(publisher: str) -> tuple[int, float]:
    return (MIN_TEXTS, MIN_SHARE) if publisher else (MIN_TEXTS_UNKNOWN, MIN_SHARE_UNKNOWN)


def _count(articles: Iterable[Article], spelled: "_Spelling", turn: int, passes: int) -> Counter[tuple[str, str]]:
    """In how many texts of an outlet each paragraph stands, of those that this turn counts."""
    counts: Counter[tuple[str, str]] = Counter()
    for publisher, text in _different(articles):
        keys = {key for key, _, _ in spelled.of(text) if passes == 1 or _slot(key) % passes == turn}
        counts.update((publisher, key) for key in keys)
    return counts


def _count_repeated(
    articles: Iterable[Article], spelled: "_Spelling", repeated: set[tuple[str, str]]
) -> tuple[Counter[str], Counter[tuple[str, str]]]:
    """Texts of each outlet, and in how many of them a paragraph stands that could be boilerplate."""
    texts: Counter[str] = Counter()
    counts: Counter[tuple[str, str]] = Counter()
    for publisher, text in _different(articles):
        texts[publisher] += 1
        lines = spelled.of(text)
        again = sum(size for key, _, size in lines if (publisher, key) in repeated)
        if again <= MAX_REPEATED * sum(size for _, _, size in lines):
            keys = {key for key, may_be, _ in lines if may_be and (publisher, key) in repeated}
            counts.update((publisher, key) for key in keys)
    return texts, counts


def _different(articles: Iterable[Article]) -> Iterator[tuple[str, str]]:
    """Outlet and text, equal texts once."""
    seen: set[str] = set()
    for publisher, text_hash, text in articles:
        if text_hash not in seen:
            seen.add(text_hash)
            yield publisher or UNKNOWN, text


_Spelled = tuple[str, bool, int]
"""A paragraph: how it is counted, whether it could be boilerplate, its length."""


class _Spelling:
    """The paragraphs of texts; of the first ones they are kept, for the next time that all are read."""

    def __init__(self) -> None:
        self._kept: dict[str, list[_Spelled]] = {}

    def of(self, text: str) -> list[_Spelled]:
        """The paragraphs of one text."""
        if (found := self._kept.get(text)) is None:
            found = list(_spelled(text))
            if len(self._kept) < _TEXTS_KEPT:
                self._kept[text] = found
        return found


def _spelled(text: str) -> Iterator[_Spelled]:
    for start, end in paragraphs(text):
        paragraph = text[start:end]
        key = key_of(paragraph)
        yield (key or f"#{_digest(paragraph.casefold())}"), key is not None, end - start


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _slot(key: str) -> int:
    return int(_digest(key)[:8], 16)
