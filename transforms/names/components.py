"""spaCy components that find paragraphs and mentions.

Each can be added to any English pipeline; what one is switched off leaves its work undone, and the others go on::

    nlp = spacy.load("en_core_web_sm")
    nlp.add_pipe("onrecord_truecase", first=True)
    nlp.add_pipe("onrecord_paragraphs", after="onrecord_truecase")
    nlp.add_pipe("onrecord_name_borders")
    nlp.add_pipe("onrecord_gazetteer")
    nlp.add_pipe("onrecord_name_labels", config={"steps": {"carry_over": False}})
    nlp.add_pipe("onrecord_mentions")
    nlp("Ada Brandt spoke. Brandt left.")._.mentions
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass

from spacy.language import Language
from spacy.tokens import Doc

from transforms.doc_text import keep_text, text_of
from transforms.names import bodies, clean, doubts, labels, parts, places
from transforms.names.dictionary import dictionary
from transforms.names.events import mark_events
from transforms.names.mentions import mentions_of
from transforms.names.neighbours import label_by_neighbours
from transforms.names.settled import settle
from transforms.names.truecase import truecase
from transforms.names.work import work_of
from transforms.normalise.paragraphs import paragraphs
from transforms.sentence_starts import mark_starts

if not Doc.has_extension("paragraphs"):
    Doc.set_extension("paragraphs", default=None)
if not Doc.has_extension("mentions"):
    Doc.set_extension("mentions", default=None)
if not Doc.has_extension("written"):
    Doc.set_extension("written", default=None)


class TrueCaser:
    """Replaces a text that has lines in capitals by the same text in true case; ``doc._.written`` holds what it was.

    First of all components: what it gives back is a new ``Doc`` of the same length, before any annotation.
    """

    def __init__(self, nlp: Language) -> None:
        self._make_doc: Callable[[str], Doc] = nlp.make_doc
        self._nlp = nlp
        self._is_word: Callable[[str], bool] | None = None

    def __call__(self, doc: Doc) -> Doc:
        """``doc``, or a new one where something was in capitals."""
        if self._is_word is None:  # the lemmatizer, whose lists are asked, may be added after this component
            self._is_word = dictionary(self._nlp)
        written = text_of(doc)
        text = truecase(written, self._is_word)
        if text == written:
            return doc
        cased = self._make_doc(text)
        keep_text(cased, text)
        cased._.written = written
        return cased


class ParagraphMarker:
    """Sets ``doc._.paragraphs`` to ``list[tuple[int, int]]`` (character offsets) and sentence starts at their starts.

    Runs before the parser, which respects sentence starts that are set. A token of white space never starts a
    sentence, unless it is the first of the text.
    """

    def __call__(self, doc: Doc) -> Doc:
        """Mark the paragraphs of ``doc``."""
        found = paragraphs(text_of(doc))
        doc._.paragraphs = found
        # The first paragraph needs no mark: white space before it would become a sentence of its own.
        mark_starts(doc, [start for start, _ in found[1:]])
        return doc


@dataclass(frozen=True, slots=True)
class BorderSteps:
    """Which steps of the cleaning of borders run; the function of the same name says what each does."""

    split_lines: bool = True
    cut_brackets: bool = True
    trim_edges: bool = True
    trim_possessives: bool = True
    part_possessors: bool = True
    trim_articles: bool = True
    trim_honorifics: bool = True
    cut_dashes: bool = True
    trim_descriptions: bool = True
    join_names: bool = True
    trim_tails: bool = True
    part_pairs: bool = True
    part_known_possessors: bool = True
    drop_bare_roles: bool = True
    trim_headline_words: bool = True
    trim_leading_words: bool = True
    drop_common_words: bool = True


class NameBorders:
    """Cleans the borders of the model's entities."""

    def __init__(self, steps: BorderSteps) -> None:
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
                (parts.cut_dashes, steps.cut_dashes),
                (parts.trim_descriptions, steps.trim_descriptions),
                (parts.trim_tails, steps.trim_tails),
                (parts.join_names, steps.join_names),
                (parts.part_pairs, steps.part_pairs),
                (parts.part_known_possessors, steps.part_known_possessors),
                (clean.drop_bare_roles, steps.drop_bare_roles),
            )
            if is_on
        ]
        self.steps = steps

    def __call__(self, doc: Doc) -> Doc:
        """Clean the borders of the entities of ``doc``."""
        work = work_of(doc)
        drafts = work.drafts
        settle(drafts)
        for border in self._borders:
            drafts = border(doc, drafts)
        if self.steps.trim_headline_words:
            drafts = clean.trim_headline_words(doc, drafts, work.words)
        if self.steps.trim_leading_words:
            drafts = clean.trim_leading_words(doc, drafts, work.words)
        if self.steps.drop_common_words:
            drafts = parts.drop_common_words(doc, drafts, work.words)
        work.drafts = clean.without_overlaps(drafts)
        return doc


@dataclass(frozen=True, slots=True)
class GazetteerSteps:
    """Which lists are asked."""

    countries: bool = True
    cities: bool = True
    missed: bool = True
    events: bool = True


class Gazetteer:
    """Countries and large cities by lists, and events by their last words."""

    def __init__(self, steps: GazetteerSteps) -> None:
        self.steps = steps

    def __call__(self, doc: Doc) -> Doc:
        """Label the places of ``doc`` and add those that the model missed."""
        work = work_of(doc)
        if self.steps.countries:
            places.label_countries(work.drafts)
        if self.steps.cities:
            places.label_cities(doc, work.drafts)
        if self.steps.missed:
            work.drafts = places.add_places(doc, work.drafts, work.words)
        if self.steps.events:
            work.drafts = mark_events(doc, work.drafts, work.words)
        return doc


@dataclass(frozen=True, slots=True)
class LabelSteps:
    """Which steps that make a document mean one thing by one name run; each function says what it does."""

    known_names: bool = True
    companies: bool = True
    doubts: bool = True
    given_names: bool = True
    neighbours: bool = True
    bodies: bool = True
    abbreviations: bool = True
    majority_vote: bool = True
    surnames: bool = True
    short_names: bool = True
    carry_over: bool = True


class NameLabels:
    """Settles labels within the document and adds names that the model missed."""

    def __init__(self, steps: LabelSteps) -> None:
        self.steps = steps

    def __call__(self, doc: Doc) -> Doc:
        """Settle the labels of ``doc``; the order matters, as each step trusts the ones before."""
        work, steps = work_of(doc), self.steps
        drafts, words = work.drafts, work.words
        if steps.known_names:
            drafts = doubts.label_known_names(drafts)
        if steps.companies:
            doubts.label_companies(doc, drafts)
        if steps.doubts:
            drafts = doubts.drop_doubtful(doc, drafts, words)
        if steps.given_names:
            drafts = labels.label_full_names(doc, drafts, words)
        if steps.neighbours:
            drafts = label_by_neighbours(doc, drafts, words)
        if steps.bodies:
            drafts = bodies.label_bodies(doc, drafts, words)
        if steps.abbreviations:
            drafts = bodies.label_abbreviations(doc, drafts)
        if steps.majority_vote:
            labels.vote_by_form(drafts)
        if steps.surnames:
            labels.label_surnames(doc, drafts)
        if steps.short_names:
            labels.label_short_names(drafts)
        if steps.carry_over:
            drafts = labels.carry_over(doc, drafts, words)
        work.drafts = drafts
        return doc


class MentionFinder:
    """Sets ``doc._.mentions`` to ``list[Mention]``: the names that the components before left, resolved to entities.

    Mentions are sorted, do not overlap, and carry no white space at their ends.
    """

    def __call__(self, doc: Doc) -> Doc:
        """Resolve the mentions of ``doc``, which needs entities and part-of-speech tags."""
        doc._.mentions = mentions_of(doc, work_of(doc).drafts)
        doc._.name_work = None
        return doc


@Language.factory("onrecord_truecase", assigns=["doc._.written"])
def make_truecase(nlp: Language, name: str) -> TrueCaser:  # noqa: ARG001  (spaCy passes both)
    """Build the ``onrecord_truecase`` component."""
    return TrueCaser(nlp)


@Language.factory("onrecord_paragraphs", assigns=["doc._.paragraphs", "token.is_sent_start"])
def make_paragraphs(nlp: Language, name: str) -> ParagraphMarker:  # noqa: ARG001
    """Build the ``onrecord_paragraphs`` component."""
    return ParagraphMarker()


@Language.factory("onrecord_name_borders", default_config={"steps": asdict(BorderSteps())}, requires=["doc.ents"])
def make_name_borders(nlp: Language, name: str, steps: dict[str, bool]) -> NameBorders:  # noqa: ARG001
    """Build the ``onrecord_name_borders`` component; each switch turns one step of :class:`BorderSteps` on or off."""
    return NameBorders(BorderSteps(**steps))


@Language.factory("onrecord_gazetteer", default_config={"steps": asdict(GazetteerSteps())}, requires=["doc.ents"])
def make_gazetteer(nlp: Language, name: str, steps: dict[str, bool]) -> Gazetteer:  # noqa: ARG001
    """Build the ``onrecord_gazetteer`` component; each switch turns one list of :class:`GazetteerSteps` on or off."""
    return Gazetteer(GazetteerSteps(**steps))


@Language.factory(
    "onrecord_name_labels", default_config={"steps": asdict(LabelSteps())}, requires=["doc.ents", "token.pos"]
)
def make_name_labels(nlp: Language, name: str, steps: dict[str, bool]) -> NameLabels:  # noqa: ARG001
    """Build the ``onrecord_name_labels`` component; each switch turns one step of :class:`LabelSteps` on or off."""
    return NameLabels(LabelSteps(**steps))


@Language.factory("onrecord_mentions", requires=["doc.ents", "token.pos"], assigns=["doc._.mentions"])
def make_mentions(nlp: Language, name: str) -> MentionFinder:  # noqa: ARG001
    """Build the ``onrecord_mentions`` component."""
    return MentionFinder()
