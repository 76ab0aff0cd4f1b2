"""The spaCy pipeline: an installed model with the onrecord components in their places."""

import spacy
from spacy.language import Language

from transforms.errors import ModelNotInstalledError
from transforms.version import DEFAULT_MODEL

__all__ = ["DEFAULT_MODEL", "load"]


def load(model: str = DEFAULT_MODEL) -> Language:
    """Load ``model`` and add the onrecord components to it.

    Paragraphs come before everything else, because the parser respects sentence starts that are set; mentions need
    the entities, quotes need the mentions and the parse, speakers need all of them.

    Args:
        model: name of an installed spaCy pipeline package.

    Raises:
        ModelNotInstalledError: no such package is installed.
    """
    if not spacy.util.is_package(model):
        raise ModelNotInstalledError(model)
    nlp = spacy.load(model)
    nlp.add_pipe("onrecord_paragraphs", first=True)
    nlp.add_pipe("onrecord_mentions", last=True)
    nlp.add_pipe("onrecord_quotes", last=True)
    nlp.add_pipe("onrecord_speakers", last=True)
    return nlp
