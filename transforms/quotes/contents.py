"""What a reporting verb governs: the token ranges of its reported content, read from the parse."""

from itertools import islice

from spacy.tokens import Token

from transforms.quotes.endings import settled
from transforms.quotes.lexicon import PREPOSITIONS, Frame, ReportingWord, cue_verbs
from transforms.quotes.parentheticals import parenthetical
from transforms.quotes.reported import DASHES, MAX_CONTENT, Content, is_tag
from transforms.quotes.sources import hearer_of, needs_hearer
from transforms.quotes.unparsed import unparsed_clause
from transforms.quotes.view import DocView

_SMALL_CLAUSE = frozenset({"ccomp", "xcomp", "oprd", "acomp", "prep", "attr", "acl", "pcomp", "dative"})
_OBJECT_PREPOSITIONS = frozenset({"of", "as", "for", "to", "with", "from", "over", "about", "against", "into", "by"})
_PHONED = frozenset({"call", "calls", "called", "calling"})
_REFUSING = frozenset(["decline", "declines", "declined", "declining", "refuse", "refuses", "refused", "refusing"])
_TURNS = DASHES | {",", "and", "but"}  # only at these does the reporter take over
_LONGEST_PHRASE = 40  # tokens looked at for a figure


def verb_content(view: DocView, verb: Token, word: ReportingWord) -> Content | None:
    """The content of a reporting verb, or None when the parse shows none."""
    found = None if _says_nothing(verb) else _verb_content(view, verb, word)
    if found is None:
        return None
    if found.method in ("clause", "infinitive", "object"):
        ((first, stop),) = found.ranges
        return Content(
            ((first, settled(view, verb, first, min(stop, first + MAX_CONTENT), found.method)),), found.method
        )
    ranges = tuple((first, min(stop, first + MAX_CONTENT)) for first, stop in found.ranges)
    return Content(ranges, found.method)


def _says_nothing(verb: Token) -> bool:
    """A refusal to speak, or the wish to stay unnamed: "declined to comment on it", "asked not to be named"."""
    if verb.lower_ == "comment":
        return verb.head.lower_ in _REFUSING or any(child.dep_ == "neg" for child in verb.children)
    if verb.lower_ != "asked":
        return False
    return [token.lower_ for token in verb.doc[verb.i + 1 : verb.i + 4]] == ["not", "to", "be"]


def _verb_content(view: DocView, verb: Token, word: ReportingWord) -> Content | None:
    frames = word.frames
    if frames & {Frame.CLAUSE, Frame.QUOTE}:
        found = _clause(view, verb) or _infinitive(verb, frames) or _any_infinitive(view, verb)
        found = found or parenthetical(view, verb, frames) or unparsed_clause(view, verb, word)
    else:
        found = _infinitive(verb, frames)
    return found or _phrase(view, verb, frames)


def _phrase(view: DocView, verb: Token, frames: frozenset[Frame]) -> Content | None:
    """Content that is no clause: a gerund, a figure, an object, the object of a preposition."""
    found = _gerund(verb) if Frame.GERUND in frames else None
    if found is None and Frame.OBJECT_AT in frames:
        found = _figure(verb)
    if found is None and frames & {Frame.OBJECT, Frame.OBJECT_PLUS}:
        found = _object(verb, Frame.OBJECT_PLUS in frames)
        if found is not None and Frame.OBJECT not in frames and not _says_something(view, verb, found):
            found = None
    return found or _prepositional(verb, frames)


def _is_infinitive(clause: Token) -> bool:
    return any(part.lower_ == "to" and part.dep_ == "aux" for part in clause.lefts)


def _clause(view: DocView, verb: Token) -> Content | None:
    for child in verb.rights:
        is_object = child.dep_ == "ccomp" or (child.dep_ == "advcl" and verb.lower_ == "asked" and _is_question(child))
        if is_object and not _is_infinitive(child) and not is_tag(view, child):
            # In "which critics said was unfair" the parser counts "which" among the words of the clause.
            first = max(child.left_edge.i, verb.i + 1)
            return Content(((first, _clip(view, child, first, child.right_edge.i + 1)),), "clause")
    return None


def _is_question(clause: Token) -> bool:
    return any(part.dep_ == "mark" and part.lower_ in ("if", "whether") for part in clause.lefts)


def _clip(view: DocView, clause: Token, first: int, stop: int) -> int:
    """Where the content of a clause really ends: before the reporter's next report or aside.

    The parser likes to hang on the reported clause what belongs to the reporting one: "..., adding that", "and
    called", " - a claim that".
    """
    for i in range(max(first, clause.i) + 1, min(stop, first + MAX_CONTENT) - 1):
        if view.lower[i] in _TURNS and view.region_of[i] == -1 and (_next_report(view, i) or _aside(view, i)):
            return i
    return stop


def _next_report(view: DocView, i: int) -> bool:
    following = view.doc[i + 1]
    if view.lower[i + 1] not in cue_verbs():
        return False
    if view.lower[i] == ",":
        return following.tag_ == "VBG"
    return view.lower[i] in ("and", "but") and following.tag_ in ("VBD", "VBZ") and following.dep_ == "conj"


def _aside(view: DocView, i: int) -> bool:
    dash = view.lower[i] in DASHES and view.text[view.starts[i] - 1].isspace()
    return dash and view.lower[i + 1] in ("a", "an", "the")


def _infinitive(verb: Token, frames: frozenset[Frame]) -> Content | None:
    """ "vowed to go", and behind a hearer "urged them to go", where the hearer is no part of the content."""
    if Frame.INFINITIVE not in frames and Frame.OBJECT_PLUS not in frames:
        return None
    if needs_hearer(verb) and hearer_of(verb, frames) is None:
        return None
    for child in verb.rights:
        if child.dep_ not in ("xcomp", "ccomp", "advcl"):
            continue
        to = next((part for part in child.lefts if part.lower_ == "to" and part.dep_ == "aux"), None)
        if to is None or (child.dep_ != "xcomp" and hearer_of(verb, frames) is None):
            continue
        first = to.i
        if child.dep_ == "xcomp" and not frames & {Frame.ADDRESSEE, Frame.OBJECT_PLUS}:
            first = child.left_edge.i
        elif first - 1 > verb.i and verb.doc[first - 1].lower_ == "not":
            first -= 1
        return Content(((first, child.right_edge.i + 1),), "infinitive")
    return None


def _any_infinitive(view: DocView, verb: Token) -> Content | None:
    """A clause that the parser reads as an infinitive under a verb that takes none."""
    for child in verb.rights:
        if child.dep_ == "ccomp" and not is_tag(view, child):
            return Content(((max(child.left_edge.i, verb.i + 1), child.right_edge.i + 1),), "clause")
    return None


def _object(verb: Token, plus: bool) -> Content | None:
    target = next((child for child in verb.rights if child.dep_ in ("dobj", "oprd", "attr")), None)
    if target is None:
        target = next((child for child in verb.rights if plus and child.dep_ in ("ccomp", "xcomp")), None)
    if target is None:
        return None
    first, stop = target.left_edge.i, target.right_edge.i + 1
    for child in verb.rights:
        if child.i > target.i and _completes_object(child):
            stop = child.right_edge.i + 1
    return Content(((first, stop),), "object")


def _says_something(view: DocView, verb: Token, content: Content) -> bool:
    """Whether a verb of naming has more than its object: "called the plan a mistake", but not "called the lawyer"."""
    ((first, stop),) = content.ranges
    target = next((child for child in verb.rights if child.dep_ == "dobj"), None)
    if target is None or verb.lower_ not in _PHONED:
        return True
    return target.right_edge.i + 1 < stop or any(region != -1 for region in view.region_of[first:stop])


def _gerund(verb: Token) -> Content | None:
    """ "recommended selling the yard"."""
    following = verb.nbor(1) if verb.i + 1 < len(verb.doc) else verb
    if following.tag_ != "VBG" or following.head.i != verb.i:
        return None
    return Content(((following.i, following.right_edge.i + 1),), "object")


def _figure(verb: Token) -> Content | None:
    """ "put the losses at two million"."""
    target = next((child for child in verb.rights if child.dep_ == "dobj"), None)
    at = next((child for child in verb.rights if child.lower_ == "at"), None)
    if target is not None and at is None:
        at = next((child for child in target.rights if child.lower_ == "at"), None)
    if (
        target is None
        or at is None
        or not any(token.like_num or token.pos_ == "NUM" for token in islice(at.subtree, _LONGEST_PHRASE))
    ):
        return None
    return Content(((target.left_edge.i, at.right_edge.i + 1),), "object")


def _completes_object(child: Token) -> bool:
    if child.dep_ in ("prep", "dative"):
        return child.lower_ in _OBJECT_PREPOSITIONS
    return child.dep_ in _SMALL_CLAUSE


def _prepositional(verb: Token, frames: frozenset[Frame]) -> Content | None:
    wanted = frames & PREPOSITIONS
    if not wanted:
        return None
    for child in verb.rights:
        if child.dep_ in ("prep", "dative", "agent") and child.lower_ in wanted:
            inner = next((part for part in child.rights if part.dep_ in ("pobj", "pcomp")), None)
            if inner is None:
                continue
            stop = child.right_edge.i + 1
            for other in verb.rights:
                if other.i > child.i and other.dep_ in ("xcomp", "ccomp"):
                    stop = other.right_edge.i + 1
            return Content(((inner.left_edge.i, stop),), "object")
    return None
