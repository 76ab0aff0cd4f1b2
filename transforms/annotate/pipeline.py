"""The spaCy pipeline: an installed model with the onrecord components in their places."""

import spacy
import thinc.api
from spacy.language import Language

from transforms.errors import ModelNotInstalledError, NoGpuError
from transforms.version import DEFAULT_MODEL

__all__ = ["DEFAULT_MODEL", "load", "require_gpu"]


def load(model: str = DEFAULT_MODEL, *, gpu: bool = False) -> Language:
    """Load ``model`` and add the onrecord components to it.

    Paragraphs come before everything else, because the parser respects sentence starts that are set; mentions need
    the entities, quotes need the mentions and the parse, speakers need all of them.

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
    nlp.add_pipe("onrecord_paragraphs", first=True)
    nlp.add_pipe("onrecord_mentions", last=True)
    nlp.add_pipe("onrecord_quotes", last=True)
    nlp.add_pipe("onrecord_speakers", last=True)
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
