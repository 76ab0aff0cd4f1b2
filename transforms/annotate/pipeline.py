"""The spaCy pipeline: an installed model with the onrecord components in their places."""

import spacy
from spacy.language import Language

from transforms.errors import ModelNotInstalledError
from transforms.version import DEFAULT_MODEL

__all__ = ["AFTER", "BEFORE", "DEFAULT_MODEL", "load"]

BEFORE = ("onrecord_truecase", "onrecord_paragraphs")
"""Our components before those of the model, in their order."""
AFTER = (
    "onrecord_name_borders",
    "onrecord_gazetteer",
    "onrecord_name_labels",
    "onrecord_mentions",
    "onrecord_quotes",
    "onrecord_speakers",
)
"""Our components after those of the model, in their order."""


def load(model: str = DEFAULT_MODEL) -> Language:
    """Load ``model`` and add the onrecord components to it.

    True case comes first, because all others see what it makes of lines in capitals; then paragraphs, because the
    parser respects sentence starts that are set. Names need the entities, quotes the parse, speakers all of them.

    Args:
        model: name of an installed spaCy pipeline package.

    Raises:
        ModelNotInstalledError: no such package is installed.
    """
    if not spacy.util.is_package(model):
        raise ModelNotInstalledError(model)
    nlp = spacy.load(model)
    for name in reversed(BEFORE):
        nlp.add_pipe(name, first=True)
    for name in AFTER:
        nlp.add_pipe(name, last=True)
    return nlp
