"""spaCy components that find paragraphs and mentions.

Both can be added to any English pipeline::

    nlp = spacy.load("en_core_web_sm")
    nlp.add_pipe("onrecord_paragraphs", first=True)
    nlp.add_pipe("onrecord_mentions", config={"carry_over": False})
    nlp("Ada Brandt spoke. Brandt left.")._.mentions
"""

from bisect import bisect_left
from dataclasses import asdict, dataclass

from spacy.language import Language
from spacy.tokens import Doc

from transforms.names import clean, labels
from transforms.names.drafts import Draft, drafts_of
from transforms.names.mentions import mentions_of
from transforms.names.neighbours import label_by_neighbours
from transforms.names.words import Words, token_starts
from transforms.normalise.paragraphs import paragraphs

if not Doc.has_extension("paragraphs"):
    Doc.set_extension("paragraphs", default=None)
if not Doc.has_extension("mentions"):
    Doc.set_extension("mentions", default=None)


@dataclass(frozen=True, slots=True)
class MentionSteps:
    """Which steps of the mention cleaning run; each function says what it does."""

    split_lines: bool = True
    cut_brackets: bool = True
    trim_edges: bool = True
    trim_possessives: bool = True
    part_possessors: bool = True
    trim_articles: bool = True
    trim_honorifics: bool = True
    trim_headline_words: bool = True
    drop_bare_roles: bool = True
    country_names: bool = True
    majority_vote: bool = True
    given_names: bool = True
    neighbours: bool = True
    surnames: bool = True
    carry_over: bool = True


class ParagraphMarker:
    """Sets ``doc._.paragraphs`` to ``list[tuple[int, int]]`` (character offsets) and sentence starts at their starts.

    Runs before the parser, which respects sentence starts that are set. A token of white space never starts a
    sentence, unless it is the first of the text.
    """

    def __call__(self, doc: Doc) -> Doc:
        """Mark the paragraphs of ``doc``."""
        doc._.paragraphs = paragraphs(doc.text)
        starts = token_starts(doc)
        for at in Words(doc).positions(str.isspace):
            if at:
                doc[at].is_sent_start = False
        # The first paragraph needs no mark: white space before it would become a sentence of its own.
        for start, _ in doc._.paragraphs[1:]:
            at = bisect_left(starts, start)
            if at < len(starts) and starts[at] == start:
                doc[at].is_sent_start = True
        return doc


class MentionFinder:
    """Sets ``doc._.mentions`` to ``list[Mention]``: the model's entities, cleaned and resolved within the document.

    Mentions are sorted, do not overlap, and carry no white space at their ends.
    """

    def __init__(self, steps: MentionSteps) -> None:
        self._borders = [
            step
            for step, is_on in (
                (clean.split_lines, steps.split_lines),
                (clean.cut_brackets, steps.cut_brackets),
                (clean.trim_edges, steps.trim_edges),
                (clean.trim_possessives, steps.trim_possessives),
                (clean.part_possessors, steps.part_possessors),
                (clean.trim_articles, steps.trim_articles),
                (clean.trim_honorifics, steps.trim_honorifics),
                (clean.drop_bare_roles, steps.drop_bare_roles),
            )
            if is_on
        ]
        self._steps = steps

    def __call__(self, doc: Doc) -> Doc:
        """Find the mentions of ``doc``, which needs entities and part-of-speech tags."""
        drafts = drafts_of(doc)
        for border in self._borders:
            drafts = border(doc, drafts)
        words = Words(doc)
        if self._steps.trim_headline_words:
            drafts = clean.trim_headline_words(doc, drafts, words)
        doc._.mentions = mentions_of(doc, self._labelled(doc, clean.without_overlaps(drafts), words))
        return doc

    def _labelled(self, doc: Doc, drafts: list[Draft], words: Words) -> list[Draft]:
        """Labels settled and missed names added; the order matters, as each step trusts the ones before."""
        if self._steps.country_names:
            labels.use_country_names(drafts)
        if self._steps.majority_vote:
            labels.vote_by_form(drafts)
        if self._steps.given_names:
            drafts = labels.label_full_names(doc, drafts, words)
        if self._steps.neighbours:
            drafts = label_by_neighbours(doc, drafts, words)
        if self._steps.surnames:
            labels.label_surnames(drafts)
        if self._steps.carry_over:
            drafts = labels.carry_over(doc, drafts, words)
        return drafts


@Language.factory("onrecord_paragraphs", assigns=["doc._.paragraphs", "token.is_sent_start"])
def make_paragraphs(nlp: Language, name: str) -> ParagraphMarker:  # noqa: ARG001  (spaCy passes both)
    """Build the ``onrecord_paragraphs`` component."""
    return ParagraphMarker()


@Language.factory(
    "onrecord_mentions",
    default_config=asdict(MentionSteps()),
    requires=["doc.ents", "token.pos"],
    assigns=["doc._.mentions"],
)
def make_mentions(
    nlp: Language,  # noqa: ARG001
    name: str,  # noqa: ARG001
    split_lines: bool,
    cut_brackets: bool,
    trim_edges: bool,
    trim_possessives: bool,
    part_possessors: bool,
    trim_articles: bool,
    trim_honorifics: bool,
    trim_headline_words: bool,
    drop_bare_roles: bool,
    country_names: bool,
    majority_vote: bool,
    given_names: bool,
    neighbours: bool,
    surnames: bool,
    carry_over: bool,
) -> MentionFinder:
    """Build the ``onrecord_mentions`` component; each switch turns one step of :class:`MentionSteps` on or off."""
    return MentionFinder(
        MentionSteps(
            split_lines=split_lines,
            cut_brackets=cut_brackets,
            trim_edges=trim_edges,
            trim_possessives=trim_possessives,
            part_possessors=part_possessors,
            trim_articles=trim_articles,
            trim_honorifics=trim_honorifics,
            trim_headline_words=trim_headline_words,
            drop_bare_roles=drop_bare_roles,
            country_names=country_names,
            majority_vote=majority_vote,
            given_names=given_names,
            neighbours=neighbours,
            surnames=surnames,
            carry_over=carry_over,
        )
    )
