"""spaCy components that find paragraphs and mentions.

Both can be added to any English pipeline::

    nlp = spacy.load("en_core_web_sm")
    nlp.add_pipe("onrecord_paragraphs", first=True)
    nlp.add_pipe("onrecord_mentions", config={"carry_over": False})
    nlp("Ada Brandt spoke. Brandt left.")._.mentions
"""

from dataclasses import dataclass

from spacy.language import Language
from spacy.tokens import Doc

from transforms.names import clean, labels
from transforms.names.drafts import drafts_of
from transforms.names.mentions import mentions_of
from transforms.normalise.paragraphs import paragraphs

if not Doc.has_extension("paragraphs"):
    Doc.set_extension("paragraphs", default=None)
if not Doc.has_extension("mentions"):
    Doc.set_extension("mentions", default=None)


@dataclass(frozen=True, slots=True)
class MentionSteps:
    """Which steps of the mention cleaning run; each function says what it does."""

    split_lines: bool = True
    trim_edges: bool = True
    trim_possessives: bool = True
    trim_articles: bool = True
    trim_honorifics: bool = True
    country_names: bool = True
    majority_vote: bool = True
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
        # The first paragraph needs no mark: white space before it would become a sentence of its own.
        starts = {start for start, _ in doc._.paragraphs[1:]}
        for token in doc[1:]:
            if token.is_space:
                token.is_sent_start = False
            elif token.idx in starts:
                token.is_sent_start = True
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
                (clean.trim_edges, steps.trim_edges),
                (clean.trim_possessives, steps.trim_possessives),
                (clean.trim_articles, steps.trim_articles),
                (clean.trim_honorifics, steps.trim_honorifics),
            )
            if is_on
        ]
        self._labels = [
            step
            for step, is_on in (
                (labels.use_country_names, steps.country_names),
                (labels.vote_by_form, steps.majority_vote),
                (labels.label_surnames, steps.surnames),
            )
            if is_on
        ]
        self._carry_over = steps.carry_over

    def __call__(self, doc: Doc) -> Doc:
        """Find the mentions of ``doc``, which needs entities and part-of-speech tags."""
        drafts = drafts_of(doc)
        for border in self._borders:
            drafts = border(doc, drafts)
        drafts = clean.without_overlaps(drafts)
        for label in self._labels:
            label(drafts)
        if self._carry_over:
            drafts = labels.carry_over(doc, drafts)
        doc._.mentions = mentions_of(doc, drafts)
        return doc


@Language.factory("onrecord_paragraphs", assigns=["doc._.paragraphs", "token.is_sent_start"])
def make_paragraphs(nlp: Language, name: str) -> ParagraphMarker:  # noqa: ARG001  (spaCy passes both)
    """Build the ``onrecord_paragraphs`` component."""
    return ParagraphMarker()


@Language.factory(
    "onrecord_mentions",
    default_config={
        "split_lines": True,
        "trim_edges": True,
        "trim_possessives": True,
        "trim_articles": True,
        "trim_honorifics": True,
        "country_names": True,
        "majority_vote": True,
        "surnames": True,
        "carry_over": True,
    },
    requires=["doc.ents", "token.pos"],
    assigns=["doc._.mentions"],
)
def make_mentions(
    nlp: Language,  # noqa: ARG001
    name: str,  # noqa: ARG001
    split_lines: bool,
    trim_edges: bool,
    trim_possessives: bool,
    trim_articles: bool,
    trim_honorifics: bool,
    country_names: bool,
    majority_vote: bool,
    surnames: bool,
    carry_over: bool,
) -> MentionFinder:
    """Build the ``onrecord_mentions`` component; each switch turns one step of :class:`MentionSteps` on or off."""
    return MentionFinder(
        MentionSteps(
            split_lines=split_lines,
            trim_edges=trim_edges,
            trim_possessives=trim_possessives,
            trim_articles=trim_articles,
            trim_honorifics=trim_honorifics,
            country_names=country_names,
            majority_vote=majority_vote,
            surnames=surnames,
            carry_over=carry_over,
        )
    )
