"""What a reporting verb governs: the token ranges of its reported content, read from the parse."""

from dataclasses import dataclass

from spacy.tokens import Token

from transforms.quotes.attribution import is_cue
from transforms.quotes.endings import is_occasion, settled
from transforms.quotes.lexicon import PREPOSITIONS, Frame, ReportingWord, cue_verbs
from transforms.quotes.sources import hearer_of, lost_subject, needs_hearer
from transforms.quotes.view import DocView

_SMALL_CLAUSE = frozenset({"ccomp", "xcomp", "oprd", "acomp", "prep", "attr", "acl", "advcl", "pcomp", "dative"})
_OBJECT_PREPOSITIONS = frozenset({"of", "as", "for", "to", "with", "from", "over", "about", "against", "into", "by"})
_SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj"})
_FINITE = frozenset({"VBD", "VBZ", "VBP"})
_CONTINUES = frozenset(["and", "but", "because", "whether", "unless", "by", "so", "until", "since", "if"])
_LINKS = frozenset(["that", "which", "who", "because", "but", "and", "where", "while", "although", "though"])
_PHONED = frozenset({"call", "calls", "called", "calling"})
_DASHES = frozenset({"—", "–", "-", "--"})
_COMMAS = _DASHES | {","}
MAX_CONTENT = 250  # tokens; keeps the time linear on text without full stops, where a "sentence" is the whole text
_MAX_GAP = 15  # tokens between a verb and the "that" of its clause
_MIN_BARE = 3
_MAX_SUBJECT = 8  # tokens
_MIN_PIECE = 2  # tokens of a piece of a sentence that counts as content of its own


@dataclass(frozen=True, slots=True)
class Content:
    """Reported content as token ranges (more than one when the reporting clause stands inside it)."""

    ranges: tuple[tuple[int, int], ...]
    method: str


def verb_content(view: DocView, verb: Token, word: ReportingWord) -> Content | None:
    """The content of a reporting verb, or None when the parse shows none."""
    found = None if _says_nothing(verb) else _verb_content(view, verb, word)
    if found is None:
        return None
    if found.method in ("clause", "infinitive", "object"):
        ((first, stop),) = found.ranges
        return Content(((first, settled(view, verb, first, min(stop, first + MAX_CONTENT), found.method)),), found.method)
    ranges = tuple((first, min(stop, first + MAX_CONTENT)) for first, stop in found.ranges)
    return Content(ranges, found.method)


def _says_nothing(verb: Token) -> bool:
    """A refusal to speak, or the wish to stay unnamed: "declined to comment on it", "asked not to be named"."""
    if verb.lower_ == "comment":
        return verb.head.lemma_ in ("decline", "refuse") or any(child.dep_ == "neg" for child in verb.children)
    if verb.lower_ != "asked":
        return False
    return [token.lower_ for token in verb.doc[verb.i + 1 : verb.i + 4]] == ["not", "to", "be"]


def _verb_content(view: DocView, verb: Token, word: ReportingWord) -> Content | None:
    frames = word.frames
    if Frame.CLAUSE in frames or Frame.QUOTE in frames:
        found = (
            _clause(view, verb) or _infinitive(verb, frames) or _any_infinitive(view, verb) or _around(view, verb, frames) or _unparsed(view, verb, word)
        )
        if found is not None:
            return found
    else:
        found = _infinitive(verb, frames)
        if found is not None:
            return found
    found = _gerund(verb) if Frame.GERUND in frames else None
    if found is None and Frame.OBJECT_AT in frames:
        found = _figure(verb)
    if found is not None:
        return found
    if frames & {Frame.OBJECT, Frame.OBJECT_PLUS}:
        found = _object(verb, Frame.OBJECT_PLUS in frames)
        if found is not None and (Frame.OBJECT in frames or _says_something(view, verb, found)):
            return found
    return _prepositional(verb, frames)


def _is_infinitive(clause: Token) -> bool:
    return any(part.lower_ == "to" and part.dep_ == "aux" for part in clause.lefts)


def _clause(view: DocView, verb: Token) -> Content | None:
    for child in verb.children:
        if child.i > verb.i and child.dep_ == "ccomp" and not _is_infinitive(child):
            # In "which critics said was unfair" the parser counts "which" among the words of the clause.
            first = max(child.left_edge.i, verb.i + 1)
            return Content(((first, _clip(view, child, first, child.right_edge.i + 1)),), "clause")
    return None


def _unparsed(view: DocView, verb: Token, word: ReportingWord) -> Content | None:
    """A clause that the parser did not hang on its verb: from "that", or from right behind "said", to the next stop."""
    _, end = view.sentence(verb)
    stop = verb.i + 1
    while stop < min(end, verb.i + MAX_CONTENT) and not view.is_terminator(stop):
        stop += 1
    first = _far_that(view, verb, word, stop)
    if first is None and Frame.ADDRESSEE in word.frames:
        first = _behind_hearer(verb)
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
        if is_cue(view, i):
            return None
    return None


def _behind_hearer(verb: Token) -> int | None:
    """The clause that the parser hung on the hearer as if it described them: "told the elders he was sorry"."""
    hearer = next((child for child in verb.rights if child.dep_ in ("dobj", "dative")), None)
    if hearer is None or verb.lemma_ == "ask":
        return None
    for clause in hearer.rights:
        if clause.dep_ != "relcl" or clause.left_edge.tag_ in ("WP", "WDT", "WRB") or clause.left_edge.i < hearer.i:
            continue
        complete = any(child.dep_ in ("dobj", "acomp", "attr", "ccomp", "xcomp", "nsubjpass") for child in clause.children)
        if complete and any(child.dep_ in _SUBJECTS and child.tag_ not in ("WP", "WDT") for child in clause.lefts):
            return clause.left_edge.i
    return None


def _is_bare_clause(view: DocView, verb: Token, stop: int) -> bool:
    """Whether a clause whose subject is a gerund or was misread stands right behind the verb and its own subject."""
    following = view.doc[verb.i + 1 : stop]
    if len(following) < _MIN_BARE or view.region_of[verb.i + 1] != -1:
        return False
    if following[0].pos_ not in ("DET", "NOUN", "PROPN", "NUM", "VERB"):
        return False
    subjects = [child.i for child in verb.children if child.dep_ in _SUBJECTS]
    finite = any(token.tag_ in _FINITE or token.tag_ == "MD" for token in following)
    return finite and bool(subjects) and max(subjects) < verb.i


def _clip(view: DocView, clause: Token, first: int, stop: int) -> int:
    """Where the content of a clause really ends: before the reporter's next report or aside.

    The parser likes to hang on the reported clause what belongs to the reporting one: "..., adding that", "and
    called", " - a claim that".
    """
    for i in range(max(first, clause.i) + 1, min(stop, first + MAX_CONTENT) - 1):
        if view.region_of[i] == -1 and (_next_report(view, i) or _aside(view, i)):
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
    dash = view.lower[i] in _DASHES and view.text[view.starts[i] - 1].isspace()
    return dash and view.lower[i + 1] in ("a", "an", "the")


def _infinitive(verb: Token, frames: frozenset[Frame]) -> Content | None:
    """ "vowed to go", and behind a hearer "urged them to go", where the hearer is no part of the content."""
    if Frame.INFINITIVE not in frames and Frame.OBJECT_PLUS not in frames:
        return None
    if needs_hearer(verb) and hearer_of(verb, frames) is None:
        return None
    for child in verb.children:
        if child.i < verb.i or child.dep_ not in ("xcomp", "ccomp", "advcl"):
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
        if child.dep_ == "ccomp":
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
    if target is None or at is None or not any(token.like_num or token.pos_ == "NUM" for token in at.subtree):
        return None
    return Content(((target.left_edge.i, at.right_edge.i + 1),), "object")


def _completes_object(child: Token) -> bool:
    if child.dep_ in ("prep", "dative"):
        return child.lower_ in _OBJECT_PREPOSITIONS
    return child.dep_ in _SMALL_CLAUSE and child.dep_ != "advcl"


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


def _around(view: DocView, verb: Token, frames: frozenset[Frame]) -> Content | None:
    """A reporting clause set off by commas: "..., the senator said, ..." and "As she noted, ..."."""
    if Frame.CLAUSE not in frames or verb.lower_.startswith("ask") or not _can_stand_aside(verb, frames):
        return None
    first, stop = _reporting_clause(view, verb)
    begin, end = view.statement(first, stop, view.sentence(verb), MAX_CONTENT)
    as_clause = view.lower[first] == "as"
    if first > begin and not _set_off(view, first - 1):
        longer = _comma_before(view, first, begin)
        if longer is None:
            return None
        first = longer
    if verb.dep_ == "relcl" and verb.head.i < first:
        return None  # "a claim that critics say is false" is no aside
    before = (begin, first if first > begin and view.region_of[first - 1] != -1 else first - 1)
    after = (stop + 1, end) if stop < end and view.lower[stop] in _COMMAS else (end, end)
    if first == begin:
        return Content((after,), "around") if as_clause and is_clause(view, *after) else None
    if before[1] > begin and view.lower[before[1] - 1] in _LINKS and after[1] > after[0]:
        return Content((after,), "around")
    if is_clause(view, *before):
        return Content((before, after) if _goes_on(view, *after) else (before,), "around")
    if not is_clause(view, begin, end, verb.i):
        return None
    pieces = tuple(pair for pair in (before, after) if pair[1] - pair[0] >= _MIN_PIECE)
    return Content(pieces, "around") if pieces and after[1] > after[0] else None


def _goes_on(view: DocView, first: int, stop: int) -> bool:
    """Whether what follows the reporting clause is still reported: "…, she said, and it would stay so"."""
    if stop - first <= _MIN_PIECE or view.lower[first] not in _CONTINUES:
        return False
    if view.lower[first] in ("and", "but"):
        return is_clause(view, first, stop) and not any(
            is_cue(view, i) for i in range(first, min(stop, first + MAX_CONTENT))
        )
    return True


def _comma_before(view: DocView, first: int, begin: int) -> int | None:
    """The start of a longer subject that a comma sets off: "…, the utility Quill said on Monday"."""
    low = first
    while low > max(begin, first - _MAX_SUBJECT):
        if _set_off(view, low - 1):
            return low
        if view.doc[low - 1].pos_ not in ("DET", "ADJ", "NOUN", "PROPN", "ADP", "CCONJ", "PART"):
            return None
        low -= 1
    return None


def _can_stand_aside(verb: Token, frames: frozenset[Frame]) -> bool:
    """A finite verb with a subject of its own and without an object or clause of its own to the right."""
    if verb.dep_ in ("amod", "acl", "xcomp", "pcomp", "compound") or verb.tag_ == "VBG":
        return False
    if lost_subject(verb) is None and not any(
        child.dep_ == "nsubj" and child.tag_ not in ("WP", "WDT") for child in verb.children
    ):
        return False
    objects = {"ccomp", "xcomp", "oprd", "attr", "acomp"} | (set() if Frame.ADDRESSEE in frames else {"dobj"})
    return not any(child.dep_ in objects for child in verb.rights)


def is_clause(view: DocView, first: int, stop: int, but: int = -1) -> bool:
    """Whether a token range holds a verb with a subject, other than the verb at ``but``."""
    for i in range(first, stop):
        token = view.doc[i]
        if i != but and i > first and token.tag_ in _FINITE and token.dep_ in ("ccomp", "ROOT") and first <= i:
            if view.doc[i - 1].tag_ not in ("WP", "WDT"):
                return True
        if token.dep_ not in _SUBJECTS or token.tag_ in ("WP", "WDT"):
            continue
        verb = token.head
        if verb.i != but and first <= verb.i < stop and verb.dep_ not in ("advcl", "relcl", "acl"):
            return True
    return False


def _set_off(view: DocView, i: int) -> bool:
    return view.lower[i] in _COMMAS or view.region_of[i] != -1


def _reporting_clause(view: DocView, verb: Token) -> tuple[int, int]:
    """Token range of subject, verb and what follows up to the next comma or stop."""
    first, last = verb.i, verb.i
    lost = lost_subject(verb)
    if lost is not None:
        first = lost
    for child in verb.children:
        if child.dep_ in _SUBJECTS:
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
