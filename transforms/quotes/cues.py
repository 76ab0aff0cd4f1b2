"""Which tokens of a text report: reporting verbs outside quotation marks."""

from collections.abc import Iterable, Sequence

from spacy.tokens import Doc, Token

from transforms.quotes.lexicon import ReportingWord, cue_verbs

_VERBS = frozenset({"VERB", "AUX"})
_SURE = frozenset({"said", "says"})  # whatever the tagger takes them for
_NAMING = frozenset({"called", "dubbed", "labeled", "labelled"})


def reporting_verbs(
    doc: Doc, lower: Sequence[str], region_of: Sequence[int], candidates: Iterable[int]
) -> dict[int, ReportingWord]:
    """Token → its dictionary entry, for each reporting verb outside quotation marks.

    Args:
        doc: the parsed text.
        lower: its tokens in lower case.
        region_of: for each token the index of the quoted region that it stands in, or -1.
        candidates: the tokens to look at, in order.
    """
    verbs = cue_verbs()
    found: dict[int, ReportingWord] = {}
    for i in candidates:
        word = verbs.get(lower[i]) if region_of[i] == -1 else None
        if word is not None and _reports(doc[i], lower):
            found[i] = word
    return found


def _reports(token: Token, lower: Sequence[str]) -> bool:
    word = lower[token.i]
    if token.dep_ == "amod" or (token.i > 0 and lower[token.i - 1] == "-" and not token.is_sent_start):
        return False  # "the so-called", "a much-quoted"
    if word in _NAMING and _gives_a_name(token):
        return False
    return token.pos_ in _VERBS or word in _SURE


def _gives_a_name(token: Token) -> bool:
    """Whether a participle only tells a name or title: "a firm called Quill & Sons"."""
    if token.dep_ != "acl" or token.tag_ != "VBN":
        return False
    return not any(child.dep_ == "agent" or child.lower_ == "by" for child in token.children)
