"""spaCy components that find speakers."""

from spacy.language import Language
from spacy.tokens import Doc


@Language.component("onrecord_speakers")
def make_speakers(doc: Doc) -> Doc:
    """Placeholder of the skeleton."""
    return doc
