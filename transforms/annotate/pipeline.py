"""The spaCy pipeline: an installed model with the onrecord components in their places."""

import spacy
import thinc.api
from spacy.language import Language

from transforms.errors import ModelNotInstalledError, NoGpuError
from transforms.version import DEFAULT_MODEL

__all__ = ["AFTER", "BEFORE", "DEFAULT_MODEL", "load", "require_gpu"]

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


def load(model: str = DEFAULT_MODEL, *, gpu: bool = False) -> Language:
    """Load ``model`` and add the onrecord components to it.

    True case comes first, because all others see what it makes of lines in capitals; then paragraphs, because the
    parser respects sentence starts that are set. Names need the entities, quotes the parse, speakers all of them.

    Args:
        model: name of an installed spaCy pipeline package.
        gpu: whether it has to run on a GPU.

    Raises:
        ModelNotInstalledError: no such package is installed.
        NoGpuError: a GPU is wanted, and spaCy finds none that it can use.
    """
    if gpu:
        require_gpu()  # before the model is loaded: its arrays are made there
    if not spacy.util.is_package(model):
        raise ModelNotInstalledError(model)
    nlp = spacy.load(model)
    for name in reversed(BEFORE):
        nlp.add_pipe(name, first=True)
    for name in AFTER:
        nlp.add_pipe(name, last=True)
    return nlp


def require_gpu() -> None:
    """Have spaCy make the models that are loaded from now on, in this process, on a GPU.

    Raises:
        NoGpuError: it finds none that it can use.
    """
    try:
        thinc.api.require_gpu()
    except ValueError as error:  # so says thinc, whatever is missing
        raise NoGpuError(str(error)) from None
