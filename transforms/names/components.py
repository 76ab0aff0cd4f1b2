"""spaCy components that find paragraphs and mentions."""

from spacy.language import Language
from spacy.tokens import Doc


@Language.component("onrecord_paragraphs")
def make_paragraphs(doc: Doc) -> Doc:
    """Placeholder of the skeleton."""
    return doc


@Language.component("onrecord_mentions")
def make_mentions(doc: Doc) -> Doc:
    """Placeholder of the skeleton."""
    return doc
