"""Scores names (entity mentions) against gold, and reads gold in the CoNLL column format.

A name is right when its stretch and its label are. CoNLL labels are coarser than OntoNotes': PERSON is PER; GPE, LOC
and FAC are LOC; ORG is ORG; everything else, MISC too, is left out on both sides.
"""

import gzip
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from tests.quality.gold import Name
from transforms.evaluation.scoring import Counts

ONTONOTES = ("PERSON", "ORG", "GPE", "LOC", "NORP", "EVENT", "FAC")
CONLL = ("PER", "ORG", "LOC")
_CONLL_OF = {"PERSON": "PER", "ORG": "ORG", "GPE": "LOC", "LOC": "LOC", "FAC": "LOC"}
_NO_SPACE_BEFORE = frozenset(
    {".", ",", ";", ":", "?", "!", ")", "%", "'s", "n't", "'", "'re", "'ve", "'ll", "'d", "'m"}
)
PROSE_SENTENCE_WORDS = 6
PROSE_SHARE = 0.6
"""A document is prose when this share of its words stands in sentences of some length that have a verb.

Sports results and fixtures, a third of this data, are tables."""


@dataclass(frozen=True, slots=True)
class NamedText:
    """A text with the names in it."""

    text: str
    names: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class _Token:
    word: str
    tag: str
    label: str


def score_names(gold: Iterable[Name], predicted: Iterable[Name], labels: Sequence[str]) -> dict[str, Counts]:
    """Figures by label, and of all of them under ``all``."""
    wanted, found = set(gold), set(predicted)
    figures = {}
    for label in labels:
        ours, theirs = ({name for name in names if name.label == label} for names in (found, wanted))
        figures[label] = Counts(len(ours & theirs), len(ours), len(theirs))
    return figures | {"all": sum(figures.values(), Counts())}


def as_conll(names: Iterable[Name]) -> list[Name]:
    """Names with the labels of CoNLL, without those that it does not have."""
    return [Name(name.start, name.end, _CONLL_OF[name.label]) for name in names if name.label in _CONLL_OF]


def read_conll(path: Path) -> Iterator[NamedText]:
    """The prose documents of a file with columns word, tag, chunk and IOB2 label, one sentence a paragraph."""
    for sentences in _conll_documents(path):
        if _is_prose(sentences):
            yield _named_text(sentences)


def _conll_documents(path: Path) -> Iterator[list[list[_Token]]]:
    sentences: list[list[_Token]] = []
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        for blank, group in groupby(lines, key=lambda line: not line.strip()):
            if blank:
                continue
            rows = [line.split() for line in group]
            if rows[0][0].startswith("-DOCSTART-"):
                if sentences:
                    yield sentences
                sentences, rows = [], rows[1:]
            if rows:
                sentences.append([_Token(row[0], row[1], row[-1]) for row in rows])
    if sentences:
        yield sentences


def _is_prose(sentences: list[list[_Token]]) -> bool:
    running = [
        len(tokens)
        for tokens in sentences
        if len(tokens) >= PROSE_SENTENCE_WORDS and any(token.tag.startswith("VB") for token in tokens)
    ]
    return sum(running) >= PROSE_SHARE * sum(map(len, sentences))


def _named_text(sentences: list[list[_Token]]) -> NamedText:
    text = ""
    names: list[Name] = []
    for tokens in sentences:
        spans: list[tuple[int, int]] = []
        text += "\n\n" if text else ""
        for number, token in enumerate(tokens):
            text += " " if _space_before(number, tokens) else ""
            spans.append((len(text), len(text) + len(token.word)))
            text += token.word
        names.extend(_names_of(tokens, spans))
    return NamedText(text, tuple(names))


def _space_before(number: int, tokens: list[_Token]) -> bool:
    return number > 0 and tokens[number].word not in _NO_SPACE_BEFORE and tokens[number - 1].word not in {"(", "$"}


def _names_of(tokens: list[_Token], spans: list[tuple[int, int]]) -> Iterator[Name]:
    """IOB2: a name begins with B- and goes on with I-."""
    begin = None
    for number, token in enumerate([*tokens, _Token("", "", "O")]):
        if begin is not None and not token.label.startswith("I-"):
            label = tokens[begin].label[2:]
            if label in CONLL:
                yield Name(spans[begin][0], spans[number - 1][1], label)
            begin = None
        if token.label.startswith("B-") or (begin is None and token.label.startswith("I-")):
            begin = number
