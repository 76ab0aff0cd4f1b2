"""The kernels give what spaCy gives: no token may differ, in any annotation."""

import os
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import spacy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc, Span

from transforms.annotate.kernels.gemm import backend, numpy_gemm
from transforms.annotate.kernels.patterns import parse
from transforms.annotate.pipeline import AFTER, BEFORE, DEFAULT_MODEL
from transforms.annotate.stages import PLAIN, EngineOptions, Stages, stages
from transforms.errors import UnknownEngineError
from transforms.names.truecase import truecase

ALL = EngineOptions(leave_out=())
SEEDS = Path(__file__).parents[3] / "seeds"
CORPUS = Path(os.environ.get("ONRECORD_SHARED", "../shared")) / "corpus" / "articles_txt.zip"
ANNOTATIONS = ["TAG", "POS", "MORPH", "LEMMA", "DEP", "HEAD", "SENT_START", "ENT_IOB", "ENT_TYPE"]

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def plain() -> Language:
    """The model with nothing of ours but the paragraph marks, which the parser obeys."""
    nlp = spacy.load(DEFAULT_MODEL)
    nlp.add_pipe("onrecord_paragraphs", first=True)
    return nlp


@pytest.fixture(scope="module")
def fast(plain: Language) -> Stages:
    return stages(plain, ALL)


def differences(texts: Sequence[str], plain: Language, fast: Stages) -> list[tuple[str, int]]:
    """Tokens that differ: their text and position."""
    found: list[tuple[str, int]] = []
    for expected, got in zip(plain.pipe(texts, batch_size=64), fast.pipe(texts), strict=True):
        assert expected.text == got.text
        unequal = (
            (expected.to_array(ANNOTATIONS) != got.to_array(ANNOTATIONS)).reshape(-1, len(ANNOTATIONS)).any(axis=1)
        )
        found += [(expected[position].text, position) for position in np.flatnonzero(unequal).tolist()]
    return found


def test_every_kernel_knows_the_default_model(fast: Stages) -> None:
    assert set(fast.kernels) == {"tok2vec", "parser", "attribute_ruler", "ner"}


def test_nothing_differs_on_the_seeds(plain: Language, fast: Stages) -> None:
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in sorted(SEEDS.glob("*.txt"))]
    assert sum(len(text.split()) for text in texts) > 4_000
    assert differences(texts, plain, fast) == []


def test_without_our_names_the_model_says_what_plain_spacy_says(plain: Language, nlp: Language) -> None:
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in sorted(SEEDS.glob("*.txt"))]
    off = stages(nlp, EngineOptions(truecase=False, leave_out=()))
    assert any(truecase(text, str.islower) != text for text in texts), "the seeds hold lines in capitals"
    assert differences(texts, plain, off) == []
    bare = spacy.load(DEFAULT_MODEL)
    with nlp.select_pipes(disable=[*BEFORE, *AFTER]):
        for expected, got in zip(bare.pipe(texts), nlp.pipe(texts), strict=True):
            assert expected.to_bytes() == got.to_bytes()


@pytest.mark.faults
@pytest.mark.shared
@pytest.mark.skipif(not CORPUS.exists(), reason="needs the corpus of ONRECORD_SHARED")
def test_nothing_differs_on_two_hundred_thousand_words(plain: Language, fast: Stages) -> None:
    with zipfile.ZipFile(CORPUS) as archive:
        texts = [archive.read(name).decode("utf-8", "replace") for name in archive.namelist()[::10]]
    assert sum(len(text.split()) for text in texts) > 200_000
    assert differences(texts, plain, fast) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\n\n \n",
        "Yes",
        "Ada Brandt",
        "\n\nAda Brandt\n\nspoke in Harwick.\n",
        "Let's go. They ain't gonna, and we got ta. He did nothin'. Y'all, c'm on!",
        "« Wait — what?! » ... (NYSE:ABC) 3,4,5 & co\u2028a\u00a0b\tc",
        "word " * 3_000,
        "\n".join(f"Line {number}: Mr. Osei of Tallis Bank paid $4.5 million on 3 May." for number in range(900)),
    ],
    ids=range(10),
)
def test_odd_texts(text: str, plain: Language, fast: Stages) -> None:
    assert differences([text, "Ilsa Brandt left Harwick on Monday.", text], plain, fast) == []


PIECES = st.sampled_from(
    [
        "Ada",
        "Brandt",
        "said",
        "that",
        "Harwick",
        "Bank",
        "paid",
        "$",
        "3",
        "May",
        ",",
        ".",
        "\n",
        "\n\n",
        " ",
        "“",
        "”",
        "is",
        "n't",
        "'s",
        "let",
        "gonna",
        "got",
        "ta",
        "THE",
        "of",
        "who",
        "and",
        "-",
        "(",
        ")",
        ":",
        "Mr.",
        "2026",
    ]
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.lists(PIECES, max_size=60).map(" ".join), min_size=1, max_size=6))
def test_any_texts_side_by_side(texts: list[str], plain: Language, fast: Stages) -> None:
    assert differences(texts, plain, fast) == []


@pytest.mark.parametrize("name", ["openblas", "blis"])
def test_any_multiplication_gives_the_same(name: str, plain: Language) -> None:
    other = stages(plain, EngineOptions(backend=name, leave_out=()))
    text = "“We will stay,” Ada Brandt of the Harwick Bank told reporters on 3 May. She'd paid $4.5 million."
    assert differences([text, "Yes", text * 20], plain, other) == []


@pytest.mark.parametrize("name", ["openblas", "blis"])
def test_a_multiplication_overwrites_what_is_there(name: str) -> None:
    a, b = np.ones((3, 4), dtype=np.float32), np.ones((4, 5), dtype=np.float32)
    out = np.full((3, 5), 7, dtype=np.float32)
    backend(name).gemm(a, b, out)
    assert (out == 4).all()


@pytest.mark.parametrize("name", ["tok2vec", "parser", "ner", "attribute_ruler"])
def test_each_kernel_can_be_switched_off(name: str, plain: Language) -> None:
    switched = stages(plain, EngineOptions(**{name: False}, leave_out=()))
    assert name not in switched.kernels
    assert differences(["Ada Brandt of Harwick said she'd stay."], plain, switched) == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", EngineOptions()),
        ("fast", EngineOptions()),
        ("plain", PLAIN),
        ("no-parser, blis", EngineOptions(parser=False, backend="blis")),
        ("no-attribute-ruler,keep-all", EngineOptions(attribute_ruler=False, leave_out=())),
    ],
)
def test_options_are_words(words: str, expected: EngineOptions) -> None:
    assert EngineOptions.parse(words) == expected


def test_unknown_words_are_refused_with_those_that_are_known() -> None:
    with pytest.raises(UnknownEngineError, match=r"warp.*no-parser"):
        EngineOptions.parse("fast,warp")


def test_plain_is_plain(plain: Language) -> None:
    assert stages(plain, PLAIN).kernels == ()
    assert stages(plain, PLAIN).description == "plain spaCy"


def test_left_out_components_do_not_run(plain: Language) -> None:
    (doc,) = stages(plain, EngineOptions()).pipe(["They were running."])
    assert [token.lemma_ for token in doc if token.text == "running"] == [""]
    assert [token.pos_ for token in doc if token.text == "running"] == ["VERB"]


def test_entities_and_parses_set_before_are_kept(plain: Language, fast: Stages) -> None:
    def prepared() -> Doc:
        doc = plain.make_doc("The Harwick Times wrote about Ada Brandt.")
        doc.set_ents([Span(doc, 1, 3, label="ORG")], default="missing")
        return doc

    expected = prepared()
    for _, component in plain.pipeline:
        expected = component(expected)
    docs = [prepared()]
    for _, stage in fast.stages:
        stage(docs)
    assert (docs[0].to_array(ANNOTATIONS) == expected.to_array(ANNOTATIONS)).all()
    assert ("Harwick Times", "ORG") in {(entity.text, entity.label_) for entity in docs[0].ents}


def test_unknown_architectures_run_as_they_are(plain: Language) -> None:
    other = spacy.blank("en")
    other.add_pipe("sentencizer")
    ruler = other.add_pipe("attribute_ruler")
    ruler.add([[{"ORTH": "Ada"}]], {"POS": "PROPN"})  # compares what no kernel compares
    made = stages(other, ALL)
    assert made.kernels == ()
    assert [token.pos_ for doc in made.pipe(["Ada left."]) for token in doc] == ["PROPN", "", ""]


@pytest.mark.parametrize(
    "pattern",
    [
        [{"ORTH": "Ada"}],
        [{"LOWER": "ada", "OP": "?"}],
        [{"LOWER": {"FUZZY": "ada"}}],
        [{"TAG": {"REGEX": "^V"}}],
        [{"IS_SPACE": {"IN": [True]}}],
    ],
)
def test_patterns_beyond_the_kernel_are_refused(pattern: list[dict[str, object]], plain: Language) -> None:
    assert parse(pattern, plain.vocab.strings) is None


def test_the_faster_multiplication_is_chosen() -> None:
    chosen = backend("auto")
    assert chosen.gflops >= max(backend("openblas").gflops, backend("blis").gflops) * 0.999
    assert backend("openblas").gemm is numpy_gemm
    with pytest.raises(KeyError):
        backend("abacus")
