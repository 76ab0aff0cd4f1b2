"""Borders of mentions: what the model takes into a name that does not belong to it.

Each step takes the drafts of one document and returns them changed; :mod:`transforms.names.components` has a switch
for each. The steps and their gain are those of the measurements in ``docs/quality.md``.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from spacy.lang.en.stop_words import STOP_WORDS
from spacy.tokens import Doc

from transforms.names.drafts import Draft, is_name
from transforms.names.lexicon import given_names, honorifics, role_nouns
from transforms.names.people import GENERATIONS, name_words
from transforms.names.words import Words
from transforms.quotes.lexicon import cue_verbs

_SOURCE = "cleaned"
"""What these steps leave in ``label_source``."""

_ARTICLE = re.compile(r"(?:the|a|an)\s+", re.IGNORECASE)
_POSSESSIVE = re.compile(r"(?:['’]s|(?<=s)['’])$", re.IGNORECASE)
_INNER_POSSESSIVE = re.compile(r"(?:['’]s|(?<=s)['’])\s+")
_EDGE = " \t\r\n\u00a0\"'`“”‘’„‚«»‹›()[]{}<>,;:!?-–—…*•|/\\_=~^"
_FINAL_STOP = re.compile(r"(?<=[a-zà-ÿ]{3})\.$")
_HONORIFIC = re.compile(r"([^\W\d_]+(?:-[^\W\d_]+)?)\.?\s+")
_LINE_BREAK = re.compile(r"\s*[\n\r]\s*")


def split_lines(doc: Doc, drafts: Iterable[Draft]) -> list[Draft]:
    """Cut mentions at line breaks: a name never goes on in the next paragraph; a piece without a letter is dropped."""
    return _parts_of_unsettled(doc, drafts, _pieces)


def trim_edges(doc: Doc, drafts: Iterable[Draft]) -> list[Draft]:
    """Take quotation marks, brackets, dashes and stray punctuation off both ends of names."""
    return narrowed_unsettled(doc, drafts, _edges)


def trim_possessives(doc: Doc, drafts: Iterable[Draft]) -> list[Draft]:
    """Take the possessive ending off names ("Lavrov’s" → "Lavrov")."""
    return narrowed_unsettled(doc, drafts, lambda text, label: (0, possessive(text, label)))


def part_possessors(doc: Doc, drafts: Iterable[Draft]) -> list[Draft]:
    """Part a name from its possessor when both are in one mention ("Harwick TV’s Ada Brandt")."""
    return _parts_of_unsettled(doc, drafts, _parted)


def trim_articles(doc: Doc, drafts: Iterable[Draft]) -> list[Draft]:
    """Take a leading article off names ("the United Nations" → "United Nations")."""
    return narrowed_unsettled(doc, drafts, lambda text, label: (article(text, label), 0))


def trim_honorifics(doc: Doc, drafts: Iterable[Draft]) -> list[Draft]:
    """Take courtesies and titles off people's names ("Mr. Trump" → "Trump")."""
    return narrowed_unsettled(doc, drafts, lambda text, label: (honorific(text, label), 0))


def cut_brackets(doc: Doc, drafts: Iterable[Draft]) -> list[Draft]:
    """Cut names before a bracket that they do not close ("Road Safety Board (RSB" → "Road Safety Board")."""
    return narrowed_unsettled(doc, drafts, lambda text, label: (0, open_bracket(text, label)))


def trim_headline_words(doc: Doc, drafts: Sequence[Draft], words: Words) -> list[Draft]:
    """Take the words of a headline in title case off a person's name that the document knows ("Verrin Says")."""
    people = [draft for draft in drafts if draft.label == "PERSON"]
    if not any(" " in draft.text for draft in people):
        return list(drafts)
    known = Counter(draft.text for draft in people)
    return [
        kept
        for draft in drafts
        if (kept := draft if draft.label != "PERSON" else _without_headline(doc, draft, known, words)) is not None
    ]


def _without_headline(doc: Doc, draft: Draft, known: Counter[str], words: Words) -> Draft | None:
    return narrowed(doc, draft, 0, _headline_words(doc, draft, known, words)) if " " in draft.text else draft


def trim_leading_words(doc: Doc, drafts: Sequence[Draft], words: Words) -> list[Draft]:
    """Take a common word off the front of a name that the text has without it ("Overrule Verrin")."""
    if not any(draft.label == "PERSON" and _begins_common(draft.text, words) for draft in drafts):
        return list(drafts)
    known = Counter(draft.text for draft in drafts if draft.is_name)
    kept: list[Draft] = []
    for draft in drafts:
        first, _, rest = draft.text.partition(" ")
        if draft.label != "PERSON" or known[rest] <= known[draft.text] or not _is_common(first, words):
            kept.append(draft)
        elif (part := narrowed(doc, draft, len(first) + 1, 0)) is not None:
            kept.append(part)
    return kept


def _begins_common(text: str, words: Words) -> bool:
    first, _, rest = text.partition(" ")
    return bool(rest) and _is_common(first, words)


def _is_common(word: str, words: Words) -> bool:
    small = word.lower()
    return small in STOP_WORDS or (small in words and small not in given_names())


def drop_bare_roles(doc: Doc, drafts: Sequence[Draft]) -> list[Draft]:
    """Drop "people" at the start of a sentence who are nothing but a role ("Filmmaker"), unless it is a surname too."""
    if not any(draft.label == "PERSON" and draft.text.lower() in role_nouns() for draft in drafts):
        return list(drafts)
    surnames = {draft.text.rpartition(" ")[2] for draft in drafts if draft.label == "PERSON" and " " in draft.text}
    return [
        draft
        for draft in drafts
        if draft.label != "PERSON"
        or draft.text.lower() not in role_nouns()
        or draft.text in surnames
        or not doc[draft.first].is_sent_start
    ]


def without_overlaps(drafts: Iterable[Draft]) -> list[Draft]:
    """Sort the drafts; of two that overlap keep the first, and of two at one place the longer."""
    kept: list[Draft] = []
    for draft in sorted(drafts, key=lambda draft: (draft.start, -draft.end)):
        if not kept or draft.start >= kept[-1].end:
            kept.append(draft)
    return kept


def _pieces(doc: Doc, draft: Draft) -> Iterator[Draft]:
    breaks = list(_LINE_BREAK.finditer(draft.text))
    if not breaks:
        yield draft
        return
    starts = [0, *(gap.end() for gap in breaks)]
    ends = [*(gap.start() for gap in breaks), len(draft.text)]
    for start, end in zip(starts, ends, strict=True):
        piece = narrowed(doc, draft, start, len(draft.text) - end)
        if piece is not None:
            yield piece


def has_line_break(text: str, _: str) -> bool:
    """Whether a mention goes over a line break."""
    return _LINE_BREAK.search(text) is not None


def has_edges(text: str, label: str) -> bool:
    """Whether a mention begins or ends with what does not belong to it."""
    return any(_edges(text, label))


def _edges(text: str, label: str) -> tuple[int, int]:
    if not is_name(label):
        return _white_space(text)
    left = len(text) - len(text.lstrip(_EDGE))
    right = len(text) - len(text.rstrip(_EDGE))
    if left + right < len(text) and _FINAL_STOP.search(text, left, len(text) - right) and " " not in text.strip():
        right += 1
    return left, right


def _white_space(text: str) -> tuple[int, int]:
    return len(text) - len(text.lstrip()), len(text) - len(text.rstrip())


def open_bracket(text: str, label: str) -> int:
    """Length of what follows a bracket, itself included, that a name does not close."""
    at = text.find("(")
    return len(text) - at if at > 0 and is_name(label) and ")" not in text else 0


def _headline_words(doc: Doc, draft: Draft, known: Counter[str], words_here: Words) -> int:
    """Length of the words at the end of a name that do not belong to it, if what is left names a known person.

    They do not when they are common words here, or when the document has the rest as often, as a full name.
    """
    words = draft.text.split(" ")
    for count in [*range(1, len(words)), *range(len(words) - 1, 1, -1)]:
        rest = " ".join(words[:count])
        if rest in known and _ends_name(draft, rest, words[count], known):
            return len(draft.text) - len(rest)
    for count in range(len(words) - 1, 0, -1):
        word, rest = words[count], " ".join(words[:count])
        if not GENERATIONS.isdisjoint(name_words(word)):
            return 0
        is_verb = count == len(words) - 1 and doc[draft.last - 1].tag_.startswith("VB")
        if not (is_verb or word.lower() in words_here or word.lower() in cue_verbs()):
            return 0
        if rest in known or (count > 1 and words[count - 1] in known):
            return len(draft.text) - len(rest)
    return 0


def _ends_name(draft: Draft, rest: str, word: str, known: Counter[str]) -> bool:
    """Whether ``word``, which follows the known name ``rest``, does not belong to it."""
    if word.lower() in STOP_WORDS:
        return True
    return " " in rest and known[rest] >= known[draft.text] and GENERATIONS.isdisjoint(name_words(word))


def _parted(doc: Doc, draft: Draft) -> Iterator[Draft]:
    """The possessor and the person, when what follows the possessive is a full name that begins with a given name."""
    match = _INNER_POSSESSIVE.search(draft.text) if has_possessor(draft.text, draft.label) else None
    words = draft.text[match.end() :].split() if match else []
    if match is None or len(words) < 2 or words[0].lower() not in given_names():
        yield draft
        return
    possessor = narrowed(doc, draft, 0, len(draft.text) - match.start())
    person = narrowed(doc, draft, match.end(), 0)
    if possessor is not None:
        yield possessor
    if person is not None:
        person.relabel("PERSON", _SOURCE)
        yield person


def has_possessor(text: str, label: str) -> bool:
    """Whether there is a possessive within a name."""
    return is_name(label) and _INNER_POSSESSIVE.search(text) is not None


def possessive(text: str, label: str) -> int:
    """Length of the possessive ending of a name."""
    match = _POSSESSIVE.search(text) if is_name(label) else None
    return len(match.group()) if match else 0


def article(text: str, label: str) -> int:
    """Length of the article of a name, with the white space after it."""
    match = _ARTICLE.match(text) if is_name(label) else None
    return match.end() if match else 0


def honorific(text: str, label: str) -> int:
    """Length of the titles before a person's name, with the white space after them."""
    if label != "PERSON":
        return 0
    at = 0
    while (match := _HONORIFIC.match(text, at)) and _is_title(match.group(1).lower()):
        at = match.end()
    return at


def _is_title(word: str) -> bool:
    return word in honorifics() or word in role_nouns()


def narrowed_unsettled(
    doc: Doc, drafts: Iterable[Draft], measure: Callable[[str, str], tuple[int, int]]
) -> list[Draft]:
    """The drafts without what ``measure`` says of text and label; settled ones as they are."""
    return [
        kept
        for draft in drafts
        if (kept := draft if draft.is_settled else narrowed(doc, draft, *measure(draft.text, draft.label))) is not None
    ]


def _parts_of_unsettled(
    doc: Doc, drafts: Iterable[Draft], part: Callable[[Doc, Draft], Iterable[Draft]]
) -> list[Draft]:
    """The drafts, and instead of each that is not settled its parts."""
    return [piece for draft in drafts for piece in ((draft,) if draft.is_settled else part(doc, draft))]


def narrowed(doc: Doc, draft: Draft, left: int, right: int) -> Draft | None:
    """``draft`` without ``left`` characters at its start and ``right`` at its end; None when no letter is left."""
    if not left and not right:
        return draft
    start, end = draft.start + left, draft.end - right
    text = draft.text[left : len(draft.text) - right]
    if not any(character.isalnum() for character in text):
        return None
    first, last = _tokens(doc, draft.first, draft.last, start, end)
    return Draft(
        first,
        last,
        start,
        end,
        text,
        draft.label,
        draft.label_model,
        (*draft.edits, _SOURCE),
        draft.relabels,
        draft.is_told,
    )


def _tokens(doc: Doc, first: int, last: int, start: int, end: int) -> tuple[int, int]:
    """Tokens of ``first:last`` that share a character with ``start:end``."""
    inside = [token.i for token in doc[first:last] if token.idx < end and token.idx + len(token) > start]
    return inside[0], inside[-1] + 1
