"""Predictions against gold, file by file: the body of ``onrecord evaluate``."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flows.annotate_lines import open_text
from flows.errors import BadEvaluationFileError
from transforms.evaluation.phenomena import Confusion
from transforms.evaluation.rows import AnnotatedText, BadAnnotationError, annotated_text
from transforms.evaluation.scoring import Counts, View, compare


@dataclass(slots=True)
class Figures:
    """One view, summed over documents."""

    exact: Counts = field(default_factory=Counts)
    overlap: Counts = field(default_factory=Counts)
    attribution: Counts = field(default_factory=Counts)
    neutral: int = 0
    confusion: Confusion = field(default_factory=Confusion)

    def as_json(self) -> dict[str, Any]:
        """The figures under the names of the usual scorers."""
        return {
            "gold": self.overlap.gold,
            "predicted": self.overlap.predicted,
            "neutral": self.neutral,
            **{name: _shares(getattr(self, name)) for name in ("exact", "overlap", "attribution")},
            "speaker_right_of_found": self.attribution.right / self.overlap.right if self.overlap.right else None,
            "phenomena": [
                {
                    "phenomenon": phenomenon.value,
                    "value": value,
                    "gold": tally.gold,
                    "found": tally.found,
                    "speaker_right": tally.right,
                    "spurious": tally.spurious,
                    "recall": tally.recall,
                    "speaker_right_of_found": tally.attribution,
                }
                for phenomenon, value, tally in self.confusion.rows()
            ],
            "types": _pairs(self.confusion.types),
            "speakers": _pairs(self.confusion.speakers),
        }


@dataclass(slots=True)
class Evaluation:
    """What came out.

    Attributes:
        documents: ids that both files have; only these are scored.
        gold_only, predicted_only: ids that one file has.
        other_text: documents whose text differs between the files, so that offsets may not mean the same.
        views: figures of the direct quotes, and of all.
    """

    documents: int = 0
    gold_only: int = 0
    predicted_only: int = 0
    other_text: int = 0
    views: dict[View, Figures] = field(default_factory=lambda: {view: Figures() for view in View})

    def as_json(self) -> dict[str, Any]:
        """All of it as one JSON value."""
        return {
            "documents": self.documents,
            "gold_only": self.gold_only,
            "predicted_only": self.predicted_only,
            "other_text": self.other_text,
            **{view.value: figures.as_json() for view, figures in self.views.items()},
        }


def evaluate_files(gold: Path, predicted: Path, *, strict: bool = False) -> Evaluation:
    """Score predictions by the rules of ``transforms.evaluation.scoring``.

    Of the predictions, only the quotes are held in memory. An id that comes twice counts once, as it came last.

    Raises:
        BadEvaluationFileError: a line of a file is no annotated text, or the gold has none.
        OSError, UnicodeDecodeError: a file cannot be read.
    """
    guesses = {text.id: text for text in _texts(predicted)}
    wanted = {text.id: text for text in _texts(gold)}
    result = Evaluation(
        gold_only=len(wanted.keys() - guesses.keys()), predicted_only=len(guesses.keys() - wanted.keys())
    )
    for text in wanted.values():
        if text.text is None:
            raise BadEvaluationFileError(gold, 0, f"no text of {text.id}; gold needs it, to count words")
        if text.id in guesses:
            _score(result, text.text, text, guesses[text.id], strict)
    return result


def _score(result: Evaluation, text: str, gold: AnnotatedText, guess: AnnotatedText, strict: bool) -> None:
    result.documents += 1
    result.other_text += guess.text is not None and guess.text != text
    for view, figures in result.views.items():
        compared = compare(text, gold.quotes, guess.quotes, view, strict=strict)
        figures.exact += compared.exact
        figures.overlap += compared.overlap
        figures.attribution += compared.attribution
        figures.neutral += compared.neutral
        figures.confusion.add(text, compared)


def _texts(path: Path) -> Iterator[AnnotatedText]:
    with open_text(path, "rt") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                try:
                    yield annotated_text(line)
                except BadAnnotationError as error:
                    raise BadEvaluationFileError(path, number, str(error)) from error


def _shares(counts: Counts) -> dict[str, float]:
    return {"precision": counts.precision, "recall": counts.recall, "f1": counts.f1, "right": counts.right}


def _pairs(counts: dict[tuple[str, str], int]) -> list[dict[str, Any]]:
    return [
        {"gold": gold, "predicted": predicted, "count": count} for (gold, predicted), count in sorted(counts.items())
    ]
