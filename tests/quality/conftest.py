"""The gold of the seeds, annotated once for all tests."""

import pytest

from tests.quality.gold import annotate_gold
from transforms.annotate.engine import Annotator
from transforms.annotate.pipeline import DEFAULT_MODEL
from transforms.records import Annotated


@pytest.fixture(scope="session")
def annotated() -> list[Annotated]:
    """What the pipeline says about each of the gold articles, in their order."""
    return annotate_gold(Annotator(DEFAULT_MODEL))
