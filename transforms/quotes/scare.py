"""Quoted regions that are no quotations: scare quotes, titles of works, nicknames, words as words."""

from transforms.quotes.attribution import before_zone
from transforms.quotes.lexicon import work_nouns
from transforms.quotes.marks import QuotedRegion
from transforms.quotes.view import DocView

MIN_WORDS = 4  # unattributed regions below this length are scare quotes or titles four times out of five
_SINGLE = frozenset("'‘")
_BEFORE_TITLE = frozenset(
    ["'s", "’s", "on", "in", "to", "of", "titled", "entitled", "called", "named", "for", "from", "with"]
)
_SMALL_WORDS = frozenset(
    ["a", "an", "the", "of", "and", "or", "in", "on", "at", "to", "for", "from", "by", "with", "as", "is", "vs"]
)


def is_quotation(view: DocView, region: QuotedRegion, attributed: bool) -> bool:
    """Whether a region that no content clause holds reports speech.

    Args:
        view: the document.
        region: the quoted region.
        attributed: whether a rule found a cue or a source next to it.
    """
    words = view.text[region.inner_start : region.inner_end].split()
    if is_title(words) and _names_a_work(view, region):
        return False
    if attributed:
        return not (is_title(words) and _runs_on(view, region))
    if _is_heading(view, region):
        return False
    if len(words) < MIN_WORDS:
        return is_turn(view, region)
    return not is_title(words) and not _opens_small_inside_sentence(view, region, words)


def _names_a_work(view: DocView, region: QuotedRegion) -> bool:
    """Whether the words before say that a title follows: "in her memoir, “Low Water”", "on the radio's “Low Water”"."""
    low, first = before_zone(view, region)
    if first > low and view.lower[first - 1] in _BEFORE_TITLE and view.lower[first - 2] != "according":
        return True
    last = first - 2 if first - 1 > low and view.lower[first - 1] == "," else first - 1
    return last >= low and view.lower[last] in work_nouns()


def _is_heading(view: DocView, region: QuotedRegion) -> bool:
    """Whether single marks around a whole paragraph set off a subheading, in a text that quotes with double ones."""
    whole = (region.start, region.end) == view.paragraphs[region.paragraph]
    return (
        whole and view.text[region.start] in _SINGLE and region.inner_start - region.start == 1 and view.quotes_double
    )


def is_turn(view: DocView, region: QuotedRegion) -> bool:
    """Whether a short region is a turn of a dialogue: a paragraph of its own beside another that opens with a mark."""
    inside = view.text[region.inner_start : region.inner_end].rstrip()
    start, end = view.paragraphs[region.paragraph]
    if inside[-1:] not in set(".?!…") or (region.start, region.end) != (start, end):
        return False
    beside = (region.paragraph - 1,)
    return any(_opens_with_region(view, number) for number in beside if 0 <= number < len(view.paragraphs))


def _opens_with_region(view: DocView, number: int) -> bool:
    first, stop = view.paragraph_tokens(number)
    return first < stop and view.region_of[first] != -1


def _runs_on(view: DocView, region: QuotedRegion) -> bool:
    """Whether the sentence runs into the region and out of it again without a comma or stop."""
    low, first = before_zone(view, region)
    inside = view.text[region.inner_start : region.inner_end].rstrip()
    return first > low and view.lower[first - 1] not in (",", ":") and inside[-1:] not in set(".,?!…")


def is_title(words: list[str]) -> bool:
    """Whether all words but the small ones are capitalised, as in the title of a book or song."""
    large = [word for word in words if word.lower().strip(".,:;!?'’") not in _SMALL_WORDS]
    return len(words) > 1 and all(word[:1].isupper() or not word[:1].isalpha() for word in large)


def _opens_small_inside_sentence(view: DocView, region: QuotedRegion, words: list[str]) -> bool:
    low, first = before_zone(view, region)
    return first - low > 0 and words[0][:1].islower()
