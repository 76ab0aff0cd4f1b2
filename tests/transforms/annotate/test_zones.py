"""What the engine remembers from one call to the next must not outlive the strings that it speaks of."""

from pathlib import Path

import pytest

from transforms.annotate.engine import Annotator
from transforms.annotate.rows import RowContext
from transforms.annotate.stages import EngineOptions
from transforms.version import DEFAULT_MODEL

pytestmark = pytest.mark.model
SEEDS = sorted((Path(__file__).parents[3] / "seeds").glob("1*.txt"))


def test_rows_do_not_depend_on_what_was_annotated_before() -> None:
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in SEEDS]
    contexts = [RowContext(path.stem, "model", "0", None) for path in SEEDS]

    def rows(annotator: Annotator) -> list[object]:
        with annotator._nlp.memory_zone():  # as ``annotate`` has one once the vocabulary is large
            return list(annotator.rows(texts, contexts))

    fast, plain = Annotator(DEFAULT_MODEL), Annotator(DEFAULT_MODEL, EngineOptions.parse("plain"))
    first = rows(fast)
    assert rows(fast) == first, "the second zone finds what the first one left"
    assert rows(plain) == first
