"""The source of a reporting verb: who the parse says did the saying, and how far that mention reaches."""

from dataclasses import dataclass

from spacy.tokens import Token

from transforms.quotes.lexicon import Frame, ReportingWord, cue_nouns, cue_verbs
from transforms.quotes.spans import Span
from transforms.quotes.view import DocView

_SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj"})
_NOMINAL = frozenset({"NOUN", "PROPN", "PRON", "NUM"})
_ACTED_ON = dict.fromkeys(["call", "calls", "called", "calling"], "on")
_ACTED_ON |= dict.fromkeys(["appeal", "appeals", "appealed", "appealing"], "to")
"""The preposition of the hearer who is to act, by the form of the verb: "called on them to go"."""
_QUOTING = frozenset({"quote", "quotes", "quoted", "quoting", "cite", "cites", "cited", "citing"})
_MAX_HOPS = 5
_MAX_LOST = 8  # tokens
_MAX_MENTION = 80  # tokens to either side of the head
_EXPLETIVES = frozenset({"it", "there", "that", "this", "what"})


@dataclass(frozen=True, slots=True)
class Source:
    """A source mention.

    Attributes:
        span: the whole noun phrase, offsets into the text.
        head: offset of its head token; for a relative pronoun that of the noun it refers to.
        carried: whether it was taken over from a verb further up ("..., adding that").
    """

    span: Span
    head: int
    carried: bool = False


def find_source(view: DocView, verb: Token) -> Source | None:
    """The source of a reporting verb: its subject, its agent, or the subject of the verb that it depends on."""
    quoting = quoting_verb(verb)
    if quoting is not None:
        quoted = next((child for child in quoting.children if child.dep_ in ("dobj", "nsubjpass")), None)
        if quoted is not None:
            return mention(view, quoted, quoting)
    if _is_asked(verb):
        agent = _own_subject(verb)
        return mention(view, agent, verb) if agent is not None else None
    reporter = reporter_before(verb)
    token, carried = (verb, False) if reporter is None else (reporter, True)
    for _ in range(_MAX_HOPS):
        source = _source_at(view, token, verb, carried)
        above = None if source is not None or _is_passive(token) else _next_up(token)
        if above is None:
            return source
        if above.pos_ in _NOMINAL and not _governs_speech(above):
            return mention(view, above, verb, carried)
        token, carried = above, True
    return None


def _source_at(view: DocView, token: Token, verb: Token, carried: bool) -> Source | None:
    """The subject of one verb on the way up from the reporting verb."""
    subject = _own_subject(token)
    if subject is not None:
        return mention(view, subject, verb, carried)
    lost = lost_subject(token)
    return Source(view.trimmed(lost, token.i), view.starts[token.i - 1], carried) if lost is not None else None


def _is_asked(verb: Token) -> bool:
    """Whether a participle says what somebody was asked: the subject of the sentence is the hearer then."""
    return verb.lower_ == "asked" and verb.tag_ == "VBN" and verb.dep_ in ("advcl", "acl", "prep")


def reporter_before(verb: Token) -> Token | None:
    """The verb of speech whose subject goes on: "she said the bridge was safe and promised to repair it"."""
    if verb.dep_ != "conj" or verb.head.dep_ != "ccomp" or verb.head.i > verb.i:
        return None
    above = verb.head.head
    same = above.i < verb.head.i and above.tag_ == verb.tag_ and above.tag_ in ("VBD", "VBZ")
    joined = verb.i > 0 and verb.nbor(-1).lower_ in ("and", "but")
    return above if same and joined and above.lower_ in cue_verbs() and verb.lower_ in cue_verbs() else None


def quoting_verb(verb: Token) -> Token | None:
    """The verb of "quoted her as saying", for "saying": what it quotes is the source, not its subject."""
    if verb.tag_ != "VBG" or verb.i == 0 or verb.nbor(-1).lower_ != "as":
        return None
    above = verb.head.head if verb.head.lower_ == "as" else verb.head
    return above if above.lower_ in _QUOTING else None


def lost_subject(verb: Token) -> int | None:
    """First token of a subject that the parser took for the end of a list: "…, injuring two people, officials said"."""
    if verb.dep_ != "ROOT" or verb.tag_ not in ("VBD", "VBZ", "VBP"):
        return None
    children = list(verb.children)
    if any(child.dep_ in _SUBJECTS for child in children) or not any(
        child.dep_ == "ccomp" and child.i < verb.i for child in children
    ):
        return None
    low = verb.i
    while (
        low > 0
        and verb.i - low <= _MAX_LOST
        and verb.doc[low - 1].pos_ in ("DET", "ADJ", "NOUN", "PROPN", "CCONJ", "ADP")
    ):
        low -= 1
    return low if low < verb.i and low > 0 and verb.doc[low - 1].lower_ == "," else None


def _own_subject(verb: Token) -> Token | None:
    subject = None
    for child in verb.children:
        if child.dep_ == "agent":
            return next((grandchild for grandchild in child.children if grandchild.dep_ == "pobj"), None)
        if child.dep_ == "nsubjpass" and child.i < verb.i:
            continue
        if child.dep_ in _SUBJECTS and child.pos_ != "VERB" and subject is None:
            subject = child
    return subject


def _is_passive(verb: Token) -> bool:
    return any(child.dep_ in ("auxpass", "nsubjpass") for child in verb.children)


def _next_up(token: Token) -> Token | None:
    """Where the understood subject of a verb without one is to be looked for."""
    if token.dep_ == "ROOT" or token.head.i == token.i:
        return None
    if token.dep_ in ("conj", "advcl", "xcomp", "ccomp", "acl", "pcomp", "dep", "parataxis", "relcl"):
        head = token.head
        return head if head.pos_ != "ADP" else head.head
    if token.pos_ in _NOMINAL and token.dep_ in ("dobj", "pobj", "attr", "appos"):
        return token.head if token.dep_ != "pobj" else token.head.head
    return None


def _governs_speech(noun: Token) -> bool:
    """A noun of speech ("issued a statement saying") is no source itself when a verb with a subject governs it."""
    return noun.lower_ in cue_nouns() and noun.dep_ in ("dobj", "pobj")


def mention(view: DocView, head: Token, verb: Token | None, carried: bool = False) -> Source:
    """The whole noun phrase of a head, cut where the verb or a quoted region begins or ends."""
    if head.tag_ == "WP" or head.lower_ in ("who", "which", "that"):
        antecedent = _antecedent(head)
        return Source(Span(head.idx, head.idx + len(head.text)), antecedent.idx, carried)
    first, stop = head.left_edge.i, head.right_edge.i + 1
    if head.pos_ == "PRON" and head.dep_ != "poss":
        first, stop = head.i, head.i + 1
    if verb is not None:
        first = first if not first <= verb.i < head.i else verb.i + 1
        stop = stop if not head.i < verb.i < stop else verb.i
    first, stop = _within_gap(view, head.i, first, stop)
    return Source(_strip(view, first, stop), head.idx, carried)


def _within_gap(view: DocView, at: int, first: int, stop: int) -> tuple[int, int]:
    """The part of a token range around ``at`` that no stop and no edge of a quoted region cuts off."""
    region = view.region_of[at]
    first, stop = max(first, at - _MAX_MENTION), min(stop, at + _MAX_MENTION)
    low, high = at, at + 1
    while low > first and view.region_of[low - 1] == region and not view.is_terminator(low - 1):
        low -= 1
    while high < stop and view.region_of[high] == region and not view.is_terminator(high):
        high += 1
    return low, high


def _strip(view: DocView, first: int, stop: int) -> Span:
    while stop - 1 > first and view.lower[stop - 1] in (",", ":", "and", "but", "who", "also", "—", "-", "–"):
        stop -= 1
    while first < stop - 1 and view.lower[first] in (",", "and", "but", "as", "while", ":", "—", "-", "–"):
        first += 1
    return view.trimmed(first, stop)


def _antecedent(pronoun: Token) -> Token:
    clause: Token = pronoun.head
    for _ in range(_MAX_HOPS):
        if clause.dep_ in ("relcl", "acl"):
            return clause.head
        if clause.head.i == clause.i:
            break
        clause = clause.head
    return pronoun


def is_expletive(view: DocView, source: Source) -> bool:
    """Whether the mention refers to nobody ("it was said")."""
    return view.text[source.span.start : source.span.end].lower() in _EXPLETIVES


def hearer_of(verb: Token, frames: frozenset[Frame]) -> Token | None:
    """The head of the hearer: the object of "told", or who is to act in "urged them to go", "called on them to go"."""
    if Frame.ADDRESSEE in frames:
        for child in verb.rights:
            if child.dep_ in ("dobj", "dative", "iobj") and child.pos_ in _NOMINAL:
                return child
            if child.dep_ in ("ccomp", "xcomp") and any(part.lower_ == "to" for part in child.lefts):
                return next((part for part in child.lefts if part.dep_ == "nsubj" and part.pos_ in _NOMINAL), None)
    wanted = _ACTED_ON.get(verb.lower_) if Frame.INFINITIVE in frames else None
    if wanted is not None:
        phrase = next((child for child in verb.rights if child.dep_ == "prep" and child.lower_ == wanted), None)
        if phrase is not None:
            return next((part for part in phrase.children if part.dep_ == "pobj"), None)
    return None


def needs_hearer(verb: Token) -> bool:
    """Whether an infinitive is reported only behind a hearer: "called on them to go" but not "called them to help"."""
    return verb.lower_ in _ACTED_ON


def find_addressee(view: DocView, verb: Token, word: ReportingWord) -> Span | None:
    """Whom the source spoke to: the hearer of "told", or the "to" phrase of "said"."""
    hearer = hearer_of(verb, word.frames)
    if hearer is not None and view.region_of[hearer.i] == -1:
        return mention(view, hearer, verb).span
    for child in verb.rights:
        if child.dep_ in ("prep", "dative") and child.lower_ == "to" and view.region_of[child.i] == -1:
            target = next((grandchild for grandchild in child.children if grandchild.dep_ == "pobj"), None)
            if target is not None and view.region_of[target.i] == -1 and Frame.TO not in word.frames:
                return mention(view, target, verb).span
    return None
