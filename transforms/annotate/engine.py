"""Annotation of texts: one spaCy pass, rows out."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from spacy.language import Language
from spacy.tokens import Doc

from transforms.annotate.pipeline import load
from transforms.annotate.rows import RowContext, entity_rows, quote_rows
from transforms.annotate.stages import DEFAULT_ENGINE, EngineOptions, stages
from transforms.names.positions import Positions
from transforms.normalise.warnings import DocumentWarning, unique
from transforms.records import Annotated, Document, Entity, Quote

_SPACES = dict.fromkeys((0x0B, 0x0C, 0x1C, 0x1D, 0x1E, 0x1F, 0x85, 0xA0, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000), " ")
_SPACES |= dict.fromkeys(range(0x2000, 0x200B), " ")
"""White space that the model's tokenizer was not trained on: folded 1:1, so that every offset stays true."""


class Annotator:
    """Holds one loaded pipeline and turns texts into entity and quote rows.

    Args:
        model: name of an installed spaCy pipeline package.
        options: what may be done to be fast.

    Attributes:
        model: name and version, as rows carry it.
        engine: what is done to be fast, in words.
    """

    def __init__(self, model: str, options: EngineOptions = DEFAULT_ENGINE) -> None:
        self._nlp: Language = load(model)
        self.model = f"{model} {self._nlp.meta['version']}"
        self._stages = stages(self._nlp, options)
        self.engine = self._stages.description

    @property
    def language(self) -> str:
        """ISO 639-1 code of the language that the model reads."""
        return self._nlp.lang or ""

    @property
    def max_length(self) -> int:
        """Characters that the model takes at once."""
        return self._nlp.max_length

    def annotate(self, documents: Sequence[Document]) -> list[Annotated]:
        """Annotate what the model can read; keep the rest as it is, with a warning that says why.

        Returns one :class:`Annotated` a document, in order. ``entity_count``, ``quote_count`` and ``model`` are set;
        ``model`` stays None on a document that was not annotated.
        """
        reasons = [self._why_not(document) for document in documents]
        texts = [document.text for document, why in zip(documents, reasons, strict=True) if why is None]
        contexts = [
            RowContext(document.document_id, self.model, document.pipeline_version, document.published_on)
            for document, why in zip(documents, reasons, strict=True)
            if why is None
        ]
        # The zone frees the strings that this batch brought into the vocabulary: memory stays flat over a long stream.
        with self._nlp.memory_zone():
            rows = self.rows(texts, contexts)
            return [
                self._with_rows(document, *next(rows)) if why is None else Annotated(_warned(document, why))
                for document, why in zip(documents, reasons, strict=True)
            ]

    def rows(
        self, texts: Sequence[str], contexts: Sequence[RowContext]
    ) -> Iterator[tuple[tuple[Entity, ...], tuple[Quote, ...]]]:
        """Entity and quote rows of each text, in order; offsets into the texts exactly as given."""
        folded = [text.translate(_SPACES) for text in texts]
        for doc, text, context in zip(self._stages.pipe(folded), texts, contexts, strict=True):
            yield _rows_of(doc, text, context)

    def _why_not(self, document: Document) -> DocumentWarning | None:
        if document.language != self.language:
            return DocumentWarning.UNSUPPORTED_LANGUAGE
        if len(document.text) > self.max_length:
            return DocumentWarning.TOO_LONG
        return None

    def _with_rows(self, document: Document, entities: tuple[Entity, ...], quotes: tuple[Quote, ...]) -> Annotated:
        counted = replace(document, entity_count=len(entities), quote_count=len(quotes), model=self.model)
        return Annotated(counted, entities, quotes)


def _warned(document: Document, why: DocumentWarning) -> Document:
    return replace(document, warnings=unique([*document.warnings, str(why)]))


def _rows_of(doc: Doc, text: str, context: RowContext) -> tuple[tuple[Entity, ...], tuple[Quote, ...]]:
    positions = Positions(doc)
    return entity_rows(doc, text, context, positions), quote_rows(doc, text, context, positions)
