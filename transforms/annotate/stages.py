"""Texts through a loaded pipeline, with kernels in the place of the components that they know.

The pipeline itself stays as it is: whoever wants plain spaCy takes ``nlp.pipe``, and gets the same annotations.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from transforms.annotate.kernels.dependencies import DependencyKernel
from transforms.annotate.kernels.entities import EntityKernel
from transforms.annotate.kernels.gemm import Gemm, backend
from transforms.annotate.kernels.ruler import RulerKernel
from transforms.annotate.kernels.tok2vec import Tok2VecKernel
from transforms.annotate.words import ENGINE_WORDS, engine_words
from transforms.doc_text import keep_text
from transforms.errors import UnknownEngineError

_TOKENS = 120_000
"""Tokens that go through the pipeline together: the parser is the faster the more stretches it has side by side, and
what these need stays under 150 MB."""
_TOKENS_A_CALL = 16_000
"""Tokens for which the other kernels hold their arrays at once."""
_DOCS_A_CALL = 64
"""Documents that a component of spaCy takes at once; four times as many on a GPU, which needs much at a time."""
_TRANSFORMER_TOKENS, _TRANSFORMER_DOCS = 8_000, 16
"""The same where a transformer is among them: it holds some 10 kB a token while it works."""
_TRUECASE = "onrecord_truecase"

Stage = Callable[[list[Doc]], None]


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """What the engine may do to be fast; each can be switched off.

    Attributes:
        backend: matrix multiplication of the kernels: ``auto`` (the faster, measured), ``openblas`` or ``blis``.
        tok2vec: token vectors by the kernel.
        parser: dependencies by the kernel.
        ner: entities by the kernel.
        attribute_ruler: parts of speech by the kernel.
        truecase: lines in capitals in true case, before the model reads them.
        leave_out: components of the model that no table needs.
        gpu: the model runs on a GPU, see :func:`transforms.annotate.pipeline.load`.
    """

    backend: str = "auto"
    tok2vec: bool = True
    parser: bool = True
    ner: bool = True
    attribute_ruler: bool = True
    truecase: bool = True
    leave_out: tuple[str, ...] = ("lemmatizer",)
    gpu: bool = False

    @classmethod
    def parse(cls, words: str) -> Self:
        """Options from a list of words: ``fast``, ``plain``, ``no-KERNEL``, ``keep-all``, or a back end's name.

        ``no-parser,blis`` switches one kernel off and says which multiplication the others use.

        Raises:
            UnknownEngineError: a word is none of these.
        """
        chosen = cls()
        for word in engine_words(words):
            if word not in ENGINE_WORDS:
                raise UnknownEngineError(word, tuple(ENGINE_WORDS))
            chosen = replace(chosen, **ENGINE_WORDS[word])
        return chosen


DEFAULT_ENGINE = EngineOptions()
PLAIN = EngineOptions.parse("plain")
"""Every component as spaCy runs it."""


@dataclass(frozen=True, slots=True)
class Stages:
    """The stages of a pipeline, in order.

    Attributes:
        nlp: the pipeline.
        stages: name and function of each.
        kernels: names of those that are kernels.
        backend: the matrix multiplication that the kernels use, and its speed.
        gpu: whether the model runs on a GPU.
        tokens: that go through the pipeline together.
    """

    nlp: Language
    stages: tuple[tuple[str, Stage], ...]
    kernels: tuple[str, ...]
    backend: str = field(default="")
    gpu: bool = False
    tokens: int = _TOKENS

    @property
    def description(self) -> str:
        """For the record of a run: what ran by kernels, and with which matrix multiplication."""
        known = f"kernels {', '.join(self.kernels)} ({self.backend})" if self.kernels else "plain spaCy"
        return f"{known}, GPU" if self.gpu else known

    def pipe(self, texts: Iterable[str]) -> Iterator[Doc]:
        """Annotated documents, in order."""
        for docs in self._groups(texts):
            for _, stage in self.stages:
                stage(docs)
            yield from docs

    def _groups(self, texts: Iterable[str]) -> Iterator[list[Doc]]:
        group: list[Doc] = []
        tokens = 0
        for text in texts:
            doc = self.nlp.make_doc(text)
            keep_text(doc, text)
            group.append(doc)
            tokens += len(doc)
            if tokens >= self.tokens:
                yield group
                group, tokens = [], 0
        if group:
            yield group


def stages(nlp: Language, options: EngineOptions) -> Stages:
    """The stages of ``nlp`` under ``options``; a component that no kernel knows runs as it is."""
    chosen = backend(options.backend)
    is_large = any("Transformer" in type(component).__name__ for _, component in nlp.pipeline)
    docs = (_TRANSFORMER_DOCS if is_large else _DOCS_A_CALL) * (4 if options.gpu else 1)
    made: list[tuple[str, Stage]] = []
    kernels: list[str] = []
    for name, component in nlp.pipeline:
        if name in options.leave_out or (name == _TRUECASE and not options.truecase):
            continue
        kernel = _kernel(component, options, chosen.gemm)
        if kernel is not None:
            kernels.append(name)
        made.append((name, kernel or _as_is(component, docs)))
    return Stages(
        nlp,
        tuple(made),
        tuple(kernels),
        f"{chosen.name}, {chosen.gflops:.0f} GFLOPS",
        options.gpu,
        _TRANSFORMER_TOKENS if is_large else _TOKENS,
    )


def _kernel(component: Any, options: EngineOptions, gemm: Gemm) -> Stage | None:
    made: Stage | None = None
    match type(component).__name__:
        case "Tok2Vec" if options.tok2vec:
            made = _tok2vec(component, gemm)
        case "DependencyParser" if options.parser:
            made = DependencyKernel.of(component, gemm)
        case "EntityRecognizer" if options.ner:
            made = _in_parts(EntityKernel.of(component, gemm))
        case "AttributeRuler" if options.attribute_ruler:
            made = RulerKernel.of(component)
    return made


def _tok2vec(component: Any, gemm: Gemm) -> Stage | None:
    kernel = Tok2VecKernel.of(component.model, gemm)
    if kernel is None:
        return None

    def run(docs: Sequence[Doc]) -> None:
        full = [doc for doc in docs if len(doc)]
        if full:
            ends = np.cumsum([len(doc) for doc in full])
            for doc, vectors in zip(full, np.split(kernel(full), ends[:-1]), strict=True):
                doc.tensor = vectors  # type: ignore[assignment]  # spaCy's stub says float64, its models give float32

    return _in_parts(run)


def _in_parts(stage: Stage | None) -> Stage | None:
    if stage is None:
        return None

    def run(docs: list[Doc]) -> None:
        low = tokens = 0
        for high, doc in enumerate(docs, 1):
            tokens += len(doc)
            if tokens >= _TOKENS_A_CALL or high == len(docs):
                stage(docs[low:high])
                low, tokens = high, 0

    return run


def _as_is(component: Any, docs_a_call: int) -> Stage:
    def run(docs: list[Doc]) -> None:
        if hasattr(component, "pipe"):
            done = list(component.pipe(iter(docs), batch_size=docs_a_call))
        else:
            done = [component(doc) for doc in docs]
        docs[:] = done

    return run
