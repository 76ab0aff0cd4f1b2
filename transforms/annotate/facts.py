"""What can be told of a spaCy pipeline without loading it."""

from dataclasses import dataclass

import spacy

from transforms.errors import ModelNotInstalledError


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """Of an installed pipeline.

    Attributes:
        label: name and version, as rows carry it.
        language: ISO 639-1 code of the language that it reads.
    """

    label: str
    language: str


def model_facts(model: str) -> ModelFacts:
    """Read the pipeline's own description.

    Raises:
        ModelNotInstalledError: no such package is installed.
    """
    if not spacy.util.is_package(model):
        raise ModelNotInstalledError(model)
    meta = spacy.util.get_model_meta(spacy.util.get_package_path(model))
    return ModelFacts(f"{model} {meta['version']}", meta["lang"])
