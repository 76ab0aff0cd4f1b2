"""What the rules for reported content share: the content itself, and what counts as a clause."""

from dataclasses import dataclass

from spacy.tokens import Token

from transforms.quotes.lexicon import cue_verbs
from transforms.quotes.view import DocView

SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj"})
FINITE = frozenset({"VBD", "VBZ", "VBP"})
DASHES = frozenset({"—", "–", "-", "--"})
COMMAS = DASHES | {","}
_LONGEST_TAG = 8  # tokens
MAX_CONTENT = 250  # tokens; keeps the time linear on text without full stops, where a "sentence" is the whole text


@dataclass(frozen=True, slots=True)
class Content:
    """Reported content as token ranges (more than one when the reporting clause stands inside it)."""

    ranges: tuple[tuple[int, int], ...]
    method: str


def is_tag(view: DocView, clause: Token) -> bool:
    """Whether a clause is no content but the tag of who passes it on: "…, she said, the Gazette reports"."""
    if view.lower[clause.i] not in cue_verbs():
        return False
    first = clause.left_edge.i
    short = clause.right_edge.i == clause.i and clause.i - first <= _LONGEST_TAG
    set_off = first > 0 and "," in (view.lower[first - 1], view.lower[first])
    if not short or not set_off:
        return False
    return any(child.dep_ in SUBJECTS for child in clause.lefts)


def is_clause(view: DocView, first: int, stop: int, but: int = -1) -> bool:
    """Whether a token range holds a verb with a subject, other than the verb at ``but``."""
    return any(_is_main_verb(view, i, first, but) or _is_subject(view, i, first, stop, but) for i in range(first, stop))


def _is_main_verb(view: DocView, i: int, first: int, but: int) -> bool:
    token = view.doc[i]
    if not first < i != but or token.tag_ not in FINITE or token.dep_ not in ("ccomp", "ROOT"):
        return False
    return view.doc[i - 1].tag_ not in ("WP", "WDT")


def _is_subject(view: DocView, i: int, first: int, stop: int, but: int) -> bool:
    token = view.doc[i]
    if token.dep_ not in SUBJECTS or token.tag_ in ("WP", "WDT"):
        return False
    verb = token.head
    return first <= verb.i < stop and verb.i != but and verb.dep_ not in ("advcl", "relcl", "acl")
