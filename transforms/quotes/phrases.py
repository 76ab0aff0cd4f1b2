"""Reported content that no verb governs: "according to", nouns of speech, transcript lines."""

from dataclasses import dataclass

from spacy.tokens import Token

from transforms.quotes.lexicon import Frame, ReportingWord, cue_nouns
from transforms.quotes.reported import MAX_CONTENT, Content
from transforms.quotes.sources import Source, mention
from transforms.quotes.turns import label_of
from transforms.quotes.view import DocView

_MIN_HEADLINE, _MAX_HEADLINE = 3, 30  # tokens of what a headline reports


@dataclass(frozen=True, slots=True)
class Report:
    """Reported content with its cue tokens and source.

    Attributes:
        content: token ranges.
        cue: token range of the cue.
        word: dictionary entry of the cue, None for phrases and colons.
        source: the source mention or None.
        method: short name of the rule.
    """

    content: Content
    cue: tuple[int, int]
    word: ReportingWord | None
    source: Source | None
    method: str


def according_to(view: DocView, i: int) -> Report | None:
    """ "According to X, …" and "…, according to X": the rest of the sentence is the content."""
    if view.lower[i] != "according" or i + 2 >= len(view.doc) or view.lower[i + 1] != "to":
        return None
    to = view.doc[i + 1]
    target = next((child for child in to.children if child.dep_ in ("pobj", "pcomp")), None)
    if target is None:
        target = next((view.doc[j] for j in range(i + 2, min(i + 8, len(view.doc))) if _nominal(view.doc[j])), None)
    if target is None or view.region_of[target.i] != -1:
        return None
    begin, end = view.statement(i, i, view.sentence(view.doc[i]), MAX_CONTENT)
    source = mention(view, target, None)
    after = view.token_at(source.span.end)
    if i - begin <= 2:
        first = after + 1 if after < end and view.lower[after] == "," else after
        ranges = ((first, end),)
    else:
        ranges = ((begin, i),)
    return Report(Content(ranges, "according"), (i, i + 2), None, source, "according_to")


def _nominal(token: Token) -> bool:
    return token.pos_ in ("NOUN", "PROPN", "PRON")


def noun_report(view: DocView, i: int) -> Report | None:
    """A noun of speech with a that-clause or infinitive: "his claim that …"."""
    word = cue_nouns().get(view.lower[i])
    if word is None or view.region_of[i] != -1 or view.doc[i].pos_ != "NOUN":
        return None
    noun = view.doc[i]
    for child in noun.rights:
        if child.dep_ in ("acl", "ccomp", "relcl") and _is_content(child, word):
            first = child.left_edge.i
            content = Content(((first, min(child.right_edge.i + 1, first + MAX_CONTENT)),), "noun")
            return Report(content, (i, i + 1), word, _owner(view, noun), "noun")
    return None


def _is_content(clause: Token, word: ReportingWord) -> bool:
    marks = [part for part in clause.lefts if part.dep_ == "mark" and part.lower_ == "that"]
    if marks and Frame.CLAUSE in word.frames:
        return True
    return Frame.INFINITIVE in word.frames and any(part.lower_ == "to" and part.dep_ == "aux" for part in clause.lefts)


def _owner(view: DocView, noun: Token) -> Source | None:
    for child in noun.children:
        if child.dep_ == "poss":
            return mention(view, child, None)
        if child.dep_ == "prep" and child.lower_ in ("by", "from", "of"):
            target = next((part for part in child.children if part.dep_ == "pobj"), None)
            if target is not None:
                return mention(view, target, None)
    verb = noun.head
    if noun.dep_ in ("dobj", "pobj") and verb.pos_ in ("VERB", "ADP"):
        verb = verb if verb.pos_ == "VERB" else verb.head
        subject = next((child for child in verb.children if child.dep_ == "nsubj"), None)
        if subject is not None:
            return mention(view, subject, None)
    return None


def headline_label(view: DocView) -> Report | None:
    """A headline that opens with a name and a colon ("Quill: Bridge is safe"): the rest is what that source says."""
    if len(view.paragraphs) < 2 or not view.paragraphs:
        return None
    label = label_of(view.text, *view.paragraphs[0], 0)
    if label is None:
        return None
    first, stop = view.tokens_in(label.content.start, label.content.end)
    low, high = view.tokens_in(label.name.start, label.name.end)
    if stop - first < _MIN_HEADLINE or stop - first > _MAX_HEADLINE or view.region_of[low] != -1 or high <= low:
        return None
    if not any(token.pos_ == "PROPN" or token.is_upper for token in view.doc[low:high]):
        return None
    source = Source(label.name, view.starts[high - 1])
    return Report(Content(((first, stop),), "transcript"), (first - 1, first), None, source, "transcript")
