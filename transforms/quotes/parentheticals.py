"""Reporting clauses set off by commas: "..., the senator said, ..." and "As she noted, ..."."""

from spacy.tokens import Token

from transforms.quotes.lexicon import Frame
from transforms.quotes.reported import COMMAS, MAX_CONTENT, SUBJECTS, Content, is_clause, is_tag
from transforms.quotes.sources import lost_subject
from transforms.quotes.view import DocView

# Words that go on with what was reported behind the reporting clause: "..., she said, and it would stay so".
_CONTINUES = frozenset(["and", "but", "because", "whether", "unless", "by", "so", "until", "since", "if"])
# Words right before the reporting clause by which the content only begins behind it: "a levy that, they say, will ...".
_LINKS = frozenset(["that", "which", "who", "because", "but", "and", "where", "while", "although", "though"])
_OBJECTS = frozenset(["ccomp", "xcomp", "oprd", "attr", "acomp"])
_OBJECTS_OR_HEARER = _OBJECTS | {"dobj"}  # where the verb takes no hearer, that is its object
_MAX_SUBJECT = 8  # tokens
_MIN_PIECE = 2  # tokens of a piece of a sentence that counts as content of its own


def parenthetical(view: DocView, verb: Token, frames: frozenset[Frame]) -> Content | None:
    """The content around a reporting clause that commas set off, None when the verb stands in no such clause."""
    if Frame.CLAUSE not in frames or verb.lower_.startswith("ask") or not _can_stand_aside(view, verb, frames):
        return None
    first, stop = _reporting_clause(view, verb)
    begin, end = view.statement(first, stop, view.sentence(verb), MAX_CONTENT)
    after = (stop + 1, end) if stop < end and view.lower[stop] in COMMAS else (end, end)
    if first == begin:
        as_clause = view.lower[first] == "as" and is_clause(view, *after)
        return Content((after,), "around") if as_clause else None
    if not _set_off(view, first - 1):
        first = _comma_before(view, first, begin)
    # "a claim that critics say is false" is no aside
    if first < 0 or (verb.dep_ == "relcl" and verb.head.i < first):
        return None
    before = (begin, first if view.region_of[first - 1] != -1 else first - 1)
    pieces = _pieces(view, verb, before, after)
    return Content(pieces, "around") if pieces else None


def _pieces(
    view: DocView, verb: Token, before: tuple[int, int], after: tuple[int, int]
) -> tuple[tuple[int, int], ...] | None:
    """Which of the stretches before and behind the reporting clause are reported."""
    begin, end = before[0], after[1]
    if before[1] > begin and view.lower[before[1] - 1] in _LINKS and after[1] > after[0]:
        return (after,)
    if is_clause(view, *before):
        return (before, after) if _goes_on(view, *after) else (before,)
    if after[1] <= after[0] or not is_clause(view, begin, end, verb.i):
        return None
    return tuple(pair for pair in (before, after) if pair[1] - pair[0] >= _MIN_PIECE)


def _goes_on(view: DocView, first: int, stop: int) -> bool:
    """Whether what follows the reporting clause is still reported: "…, she said, and it would stay so"."""
    if stop - first <= _MIN_PIECE or view.lower[first] not in _CONTINUES:
        return False
    if view.lower[first] in ("and", "but"):
        return is_clause(view, first, stop) and not any(
            i in view.cues for i in range(first, min(stop, first + MAX_CONTENT))
        )
    return True


def _comma_before(view: DocView, first: int, begin: int) -> int:
    """The start of a longer subject that a comma sets off, or -1: "…, the utility Quill said on Monday"."""
    low = first
    while low > max(begin, first - _MAX_SUBJECT):
        if _set_off(view, low - 1):
            return low
        if view.doc[low - 1].pos_ not in ("DET", "ADJ", "NOUN", "PROPN", "ADP", "CCONJ", "PART"):
            return -1
        low -= 1
    return -1


def _can_stand_aside(view: DocView, verb: Token, frames: frozenset[Frame]) -> bool:
    """A finite verb with a subject of its own and without an object or clause of its own to the right."""
    if verb.dep_ in ("amod", "acl", "xcomp", "pcomp", "compound") or verb.tag_ == "VBG":
        return False
    has_subject = any(child.dep_ == "nsubj" and child.tag_ not in ("WP", "WDT") for child in verb.children)
    if not has_subject and lost_subject(verb) is None:
        return False
    objects = _OBJECTS if Frame.ADDRESSEE in frames else _OBJECTS_OR_HEARER
    return not any(child.dep_ in objects and not is_tag(view, child) for child in verb.rights)


def _set_off(view: DocView, i: int) -> bool:
    return view.lower[i] in COMMAS or view.region_of[i] != -1


def _reporting_clause(view: DocView, verb: Token) -> tuple[int, int]:
    """Token range of subject, verb and what follows up to the next comma or stop."""
    first, last = verb.i, verb.i
    lost = lost_subject(verb)
    if lost is not None:
        first = lost
    for child in verb.children:
        if child.dep_ in SUBJECTS:
            first = min(first, child.left_edge.i)
            last = max(last, child.right_edge.i)
        elif child.dep_ in ("aux", "neg", "advmod", "mark") and verb.i - child.i <= 3 and child.i < verb.i:
            first = min(first, child.i)
    if first > 0 and view.lower[first - 1] == "as":
        first -= 1
    stop = last + 1
    size = len(view.doc)
    while stop < size and view.lower[stop] not in (",", "—", "–") and not view.is_terminator(stop):
        if view.region_of[stop] != -1 or view.doc[stop].is_sent_start:
            break
        stop += 1
    return first, stop
