"""Where reported content ends: the parser's clause, put right where it is known to stop too early or too late.

Each rule was kept because it brought more rows of the PolNeAR training split nearer to their annotated end than it took
away (see docs/decisions/0007-quotation-rules.md).
"""

from itertools import islice

from spacy.tokens import Token

from transforms.quotes.lexicon import occasions
from transforms.quotes.view import DocView

_MAX_TAIL = 40  # tokens that may follow the parser's clause
_MAX_FRONT = 8  # tokens that may stand before "asked", and in front of a subject
_MIN_BEFORE_ASIDE = 4  # tokens
_STOPS = frozenset([",", ":", "-", "–", "—", "--", "―", "(", ")", "[", "]", "“", "”", '"', "''", "``"])
_COORDINATORS = frozenset(["and", "but", "then"])
_TURNS = _COORDINATORS | {","}  # only at these can content end before its clause does
_FINITE = frozenset({"VBD", "VBZ", "VBP"})
_SUBJECTS = frozenset({"nsubj", "nsubjpass", "expl"})
_BELONGING = frozenset({"advcl", "prep", "xcomp", "acl", "relcl", "ccomp", "dative"})
_CONDITIONS = frozenset(["if", "because", "unless", "until", "once", "so", "before", "should", "even", "whether"])
_SETTINGS = frozenset(["on", "in", "during", "at", "after", "before", "by", "since", "from", "through", "via"])


def settled(view: DocView, verb: Token, first: int, stop: int, method: str) -> int:
    """One past the last token of the content that begins at token ``first``.

    Args:
        view: the document.
        verb: the reporting verb.
        first: first token of the content.
        stop: one past its last token by the parse.
        method: "clause", "infinitive" or "object".
    """
    fronted = _is_fronted(view, verb)
    for i in range(max(first, verb.i) + 1, stop - 1):
        if view.lower[i] not in _TURNS or view.region_of[i] != -1:
            continue
        if fronted and view.lower[i] == "," and _has_subject(view, i + 1, stop):
            return i
        if _reporter_goes_on(view, verb, i, method):
            return i - 1 if view.lower[i - 1] == "," else i
        about_person = view.lower[i] == "," and view.lower[i + 1] in ("who", "whose")
        if about_person and i - first >= _MIN_BEFORE_ASIDE and _is_last_clause(view, i, stop):
            return i
    return _with_rest(view, verb, stop)


def _is_fronted(view: DocView, verb: Token) -> bool:
    """Whether the report opens the sentence of the answer: "Asked if he would go, Quill said no"."""
    if verb.tag_ not in ("VBN", "VBD") or verb.lower_ != "asked":
        return False
    first = view.sentence(verb)[0]
    opening = view.lower[first : verb.i]
    return not opening or (opening[0] in ("when", "but", "if", "and", '"', "“") and len(opening) <= _MAX_FRONT)


def _has_subject(view: DocView, first: int, stop: int) -> bool:
    return any(view.doc[i].dep_ in _SUBJECTS for i in range(first, min(stop, first + _MAX_FRONT)))


def _is_last_clause(view: DocView, comma: int, stop: int) -> bool:
    """Whether the relative clause after a comma runs to the end: the writer's background, not what was said."""
    if any(region != -1 for region in view.region_of[comma:stop]):
        return False
    clause = view.doc[comma + 1]
    while clause.dep_ != "relcl" and clause.head.i > comma and clause.head.i != clause.i:
        clause = clause.head
    return clause.dep_ == "relcl" and clause.right_edge.i >= stop - 1


def is_occasion(token: Token) -> bool:
    """Whether a noun names when, where or in what something was said."""
    return token.lower_ in occasions() or token.lower_.removesuffix("s") in occasions()


def _reporter_goes_on(view: DocView, verb: Token, i: int, method: str) -> bool:
    """Whether a coordinator joins the next thing that the source did: "promised to look into it and left"."""
    if view.lower[i] not in _COORDINATORS:
        return False
    following = next((t for t in view.doc[i + 1 : i + 4] if t.pos_ != "ADV"), None)
    if following is None or following.dep_ not in ("conj", "ROOT"):
        return False
    # The tagger takes many a past tense for a participle.
    tag = "VBD" if following.tag_ == "VBN" and method == "infinitive" else following.tag_
    if tag not in _FINITE or any(child.dep_ in _SUBJECTS for child in following.children):
        return False
    if view.lower[i] == "then":
        return view.lower[i - 1] == ","
    return tag == verb.tag_ and method != "clause"


def _with_rest(view: DocView, verb: Token, stop: int) -> int:
    """The end after conditions and complements that the parser hung on the reporting verb: "would go if it rained"."""
    _, end = view.sentence(verb)
    end = min(end, stop + _MAX_TAIL)
    if stop >= end or view.lower[stop - 1] in _STOPS or not _belongs(view.doc[stop], verb):
        return stop
    i = stop
    while i < end and view.lower[i] not in _STOPS and not view.is_terminator(i):
        if view.region_of[i] != view.region_of[stop - 1] or view.lower[i] in ("and", "but"):
            break
        i += 1
    return i


def _belongs(token: Token, verb: Token) -> bool:
    """Whether the phrase that begins with a token is a part of the content and not the occasion of the report."""
    top = token
    for _ in range(8):
        if top.head.i in (verb.i, top.i):
            break
        top = top.head
    if top.head.i != verb.i or top.i == verb.i or top.dep_ not in _BELONGING:
        return False
    if top.dep_ == "prep" and top.lower_ in _SETTINGS:
        return not any(is_occasion(part) or part.like_num for part in islice(top.subtree, _MAX_TAIL))
    return top.dep_ != "advcl" or any(part.lower_ in _CONDITIONS for part in top.lefts)
