"""Reported content that no verb governs: "according to", nouns of speech, transcript lines."""

from dataclasses import dataclass

from spacy.tokens import Token

from transforms.quotes.attribution import Attribution, colon_source
from transforms.quotes.contents import MAX_CONTENT, Content
from transforms.quotes.lexicon import Frame, ReportingWord, cue_nouns
from transforms.quotes.sources import Source, mention
from transforms.quotes.view import DocView

_MAX_LABEL = 5  # tokens before the colon of a transcript line


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


def transcript_line(view: DocView, paragraph: int) -> Report | None:
    """A paragraph that starts with a name and a colon: the rest is what that person said."""
    first, stop = view.paragraph_tokens(paragraph)
    colon = next((i for i in range(first, min(first + _MAX_LABEL + 1, stop)) if view.lower[i] == ":"), None)
    if colon is None or colon == first or colon + 3 > stop or view.region_of[colon] != -1:
        return None
    label = view.doc[first:colon]
    if not all(token.pos_ == "PROPN" or token.is_upper or token.is_punct for token in label):
        return None
    found: Attribution | None = colon_source(view, first, colon)
    if found is None or found.method != "transcript":
        return None
    return Report(Content(((colon + 1, stop),), "transcript"), (colon, colon + 1), None, found.source, "transcript")
