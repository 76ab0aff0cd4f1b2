"""Clauses that are reported but that the parser did not hang on their verb."""

from spacy.tokens import Token

from transforms.quotes.endings import is_occasion
from transforms.quotes.lexicon import Frame, ReportingWord
from transforms.quotes.reported import FINITE, MAX_CONTENT, SUBJECTS, Content
from transforms.quotes.view import DocView

_MAX_GAP = 15  # tokens between a verb and the "that" of its clause
_MIN_BARE = 3  # tokens of a clause without "that"
_COMPLETE = frozenset({"dobj", "acomp", "attr", "ccomp", "xcomp", "nsubjpass"})


def unparsed_clause(view: DocView, verb: Token, word: ReportingWord) -> Content | None:
    """A clause that the parser did not hang on its verb: from "that", or from right behind "said", to the next stop."""
    _, end = view.sentence(verb)
    stop = verb.i + 1
    while stop < min(end, verb.i + MAX_CONTENT) and not view.is_terminator(stop):
        stop += 1
    first = _far_that(view, verb, word, stop)
    if first is None and Frame.ADDRESSEE in word.frames:
        first = _behind_hearer(verb, word)
    if first is None and word.lemma == "say" and _is_bare_clause(view, verb, stop):
        first = verb.i + 1
    return Content(((first, stop),), "clause") if first is not None else None


def _far_that(view: DocView, verb: Token, word: ReportingWord, stop: int) -> int | None:
    """The "that" behind an occasion or a hearer: "said in a message on Sunday that …"."""
    for i in range(verb.i + 1, min(stop, verb.i + _MAX_GAP)):
        token = view.doc[i]
        if token.lower_ == "that" and token.dep_ == "mark":
            before = view.doc[i - 1]
            hears = Frame.ADDRESSEE in word.frames
            leads = view.doc[verb.i + 1].pos_ in ("ADP", "ADV") or hears
            of_hearer = hears and token.head.head.head.i == verb.i and token.head.head.dep_ in ("dobj", "dative")
            of_noun = token.head.dep_ in ("acl", "relcl") and not is_occasion(before) and not of_hearer and not hears
            return i if leads and not of_noun and before.pos_ != "VERB" else None
        if i in view.cues:
            return None
    return None


def _behind_hearer(verb: Token, word: ReportingWord) -> int | None:
    """The clause that the parser hung on the hearer as if it described them: "told the elders he was sorry"."""
    hearer = next((child for child in verb.rights if child.dep_ in ("dobj", "dative")), None)
    if hearer is None or word.lemma == "ask":
        return None
    for clause in hearer.rights:
        if clause.dep_ != "relcl" or clause.left_edge.tag_ in ("WP", "WDT", "WRB") or clause.left_edge.i < hearer.i:
            continue
        complete = any(child.dep_ in _COMPLETE for child in clause.children)
        if complete and any(child.dep_ in SUBJECTS and child.tag_ not in ("WP", "WDT") for child in clause.lefts):
            return clause.left_edge.i
    return None


def _is_bare_clause(view: DocView, verb: Token, stop: int) -> bool:
    """Whether a clause whose subject is a gerund or was misread stands right behind the verb and its own subject."""
    following = view.doc[verb.i + 1 : stop]
    if len(following) < _MIN_BARE or view.region_of[verb.i + 1] != -1:
        return False
    if following[0].pos_ not in ("DET", "NOUN", "PROPN", "NUM", "VERB"):
        return False
    subjects = [child.i for child in verb.children if child.dep_ in SUBJECTS]
    finite = any(token.tag_ in FINITE or token.tag_ == "MD" for token in following)
    return finite and bool(subjects) and max(subjects) < verb.i
