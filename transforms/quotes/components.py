"""spaCy components that find quotes."""

from spacy.language import Language
from spacy.tokens import Doc


@Language.component("onrecord_quotes")
def make_quotes(doc: Doc) -> Doc:
    """Placeholder of the skeleton."""
    return doc
