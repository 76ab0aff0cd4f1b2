"""Annotation of texts: one spaCy pass, rows out."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from itertools import groupby
from typing import Any

from spacy.language import Language

from transforms.annotate.pieces import PIECE_CHARACTERS, PiecePositions, Progress, cut, outside, shift
from transforms.annotate.pipeline import load
from transforms.annotate.rows import RowContext, entity_rows, quote_rows
from transforms.annotate.stages import DEFAULT_ENGINE, EngineOptions, stages
from transforms.names.positions import Positions
from transforms.normalise.paragraphs import paragraphs
from transforms.normalise.warnings import DocumentWarning, unique
from transforms.records import Annotated, Document, Entity, MarkedKind, Quote

Rows = tuple[tuple[Entity, ...], tuple[Quote, ...]]

_SPACES = dict.fromkeys((0x0B, 0x0C, 0x1C, 0x1D, 0x1E, 0x1F, 0x85, 0xA0, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000), " ")
_SPACES |= dict.fromkeys(range(0x2000, 0x200B), " ")
"""White space that the model's tokenizer was not trained on: folded 1:1, so that every offset stays true."""


_KEPT_STRINGS = 30_000
"""Strings of the first texts that stay in the vocabulary, about 15 MB: the commonest words are among them. In a memory
zone spaCy's tokenizer knows a word again only if it saw it before, and takes apart each other word each time."""


class Annotator:
    """Holds one loaded pipeline and turns texts into entity and quote rows.

    Args:
        model: name of an installed spaCy pipeline package.
        options: what may be done to be fast.
        piece_characters: longer texts are annotated in pieces of at most so many characters.

    Attributes:
        model: name and version, as rows carry it.
        engine: what is done to be fast, in words.
    """

    def __init__(
        self, model: str, options: EngineOptions = DEFAULT_ENGINE, piece_characters: int = PIECE_CHARACTERS
    ) -> None:
        self._nlp: Language = load(model, gpu=options.gpu)
        self.model = f"{model} {self._nlp.meta['version']}"
        self._stages = stages(self._nlp, options)
        self.engine = self._stages.description
        self._most_strings = len(self._nlp.vocab.strings) + _KEPT_STRINGS
        tokenizer: Any = self._nlp.tokenizer
        if hasattr(tokenizer, "max_cache_size"):  # not every language's tokenizer is spaCy's own
            tokenizer.max_cache_size = max(tokenizer.max_cache_size, _KEPT_STRINGS)
        self._piece_characters = min(piece_characters, self._nlp.max_length)

    @property
    def language(self) -> str:
        """ISO 639-1 code of the language that the model reads."""
        return self._nlp.lang or ""

    def annotate(self, documents: Sequence[Document]) -> list[Annotated]:
        """Annotate what the model can read; keep the rest as it is, with a warning that says why.

        Returns one :class:`Annotated` a document, in order. ``entity_count``, ``quote_count`` and ``model`` are set;
        ``model`` stays None on a document that was not annotated.
        """
        reasons = [self._why_not(document) for document in documents]
        texts = [document.text for document, why in zip(documents, reasons, strict=True) if why is None]
        contexts = [
            RowContext(
                document.document_id, self.model, document.pipeline_version, document.published_on, _skipped(document)
            )
            for document, why in zip(documents, reasons, strict=True)
            if why is None
        ]
        with self.zone():
            rows = self.rows(texts, contexts)
            return [
                self._with_rows(document, *next(rows)) if why is None else Annotated(_warned(document, why))
                for document, why in zip(documents, reasons, strict=True)
            ]

    def zone(self) -> AbstractContextManager[object]:
        """Frees the strings that a call brings into the vocabulary, once it has enough: memory stays flat then."""
        return nullcontext() if len(self._nlp.vocab.strings) < self._most_strings else self._nlp.memory_zone()

    def rows(self, texts: Sequence[str], contexts: Sequence[RowContext]) -> Iterator[Rows]:
        """Entity and quote rows of each text, in order; offsets into the texts exactly as given.

        A long text is annotated in pieces that end where paragraphs do. What one says counts in another only where it
        needs no evidence from across: names are resolved and quotes continued within a piece.
        """
        pairs = zip(texts, contexts, strict=True)
        for is_long, group in groupby(pairs, key=lambda pair: len(pair[0]) > self._piece_characters):
            if is_long:
                yield from (self._in_pieces(text, context) for text, context in group)
            else:
                yield from self._whole(list(group))

    def _whole(self, pairs: list[tuple[str, RowContext]]) -> Iterator[Rows]:
        docs = self._stages.pipe([text.translate(_SPACES) for text, _ in pairs])
        for doc, (text, context) in zip(docs, pairs, strict=True):
            positions = Positions(doc)
            entities = entity_rows(doc, text, context, positions)
            yield outside(entities, quote_rows(doc, text, context, positions), context.skipped)

    def _in_pieces(self, text: str, context: RowContext) -> Rows:
        """One piece at a time, so that memory holds one parse."""
        starts = [start for start, _ in paragraphs(text)]
        entities: list[Entity] = []
        quotes: list[Quote] = []
        before = Progress()
        for piece in cut(text, self._piece_characters):
            part = text[piece.start : piece.end]
            (doc,) = self._stages.pipe([part.translate(_SPACES)])
            positions = PiecePositions(Positions(doc), piece, starts, before.sentences)
            found = quote_rows(doc, part, context, positions)
            moved, shifted = shift(entity_rows(doc, part, context, positions), found, piece.start, before)
            entities += moved
            quotes += shifted
            before = Progress(
                before.sentences + sum(1 for _ in doc.sents),
                before.quotes + len(found),
                max((row.quote_group + 1 for row in shifted), default=before.groups),
            )
        return outside(entities, quotes, context.skipped)

    def _why_not(self, document: Document) -> DocumentWarning | None:
        return None if document.language == self.language else DocumentWarning.UNSUPPORTED_LANGUAGE

    def _with_rows(self, document: Document, entities: tuple[Entity, ...], quotes: tuple[Quote, ...]) -> Annotated:
        counted = replace(document, entity_count=len(entities), quote_count=len(quotes), model=self.model)
        if len(document.text) > self._piece_characters:
            counted = _warned(counted, DocumentWarning.TOO_LONG)
        return Annotated(counted, entities, quotes)


def _skipped(document: Document) -> tuple[tuple[int, int], ...]:
    """Nothing is taken from boilerplate."""
    return tuple((span.start, span.end) for span in document.marked_spans if span.kind == MarkedKind.BOILERPLATE)


def _warned(document: Document, why: DocumentWarning) -> Document:
    return replace(document, warnings=unique([*document.warnings, str(why)]))
