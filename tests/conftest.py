"""Fixtures that the whole test set shares."""

import pytest
from spacy.language import Language


@pytest.fixture(scope="session")
def nlp() -> Language:
    """The default model with all onrecord components: loaded once, it is by far the dearest thing in the tests."""
    from transforms.annotate.pipeline import load

    return load()
