"""``python -m tests.quality.calibration``: measure how often each attribution is right, and how far confidence says so.

Every row of the quotes table carries a ``confidence``: the share of rows like it that have the right stretch and the
right source. "Like it" means the same type of quotation, the same attribution method and the same type of speaker. The
shares are counted on the training part of PolNeAR and written to two files of ``transforms/data`` (``--write``);
how well they hold on articles that were not counted is measured by cross-validation over documents.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path

from tests.quality import report
from tests.quality.gold import predicted_rows
from tests.quality.measures import annotate_texts
from tests.quality.report import Table
from tests.quality.shared import QuotedText, quotes_path, read_quoted_texts
from transforms.annotate.engine import Annotator
from transforms.annotate.pipeline import DEFAULT_MODEL
from transforms.evaluation.scoring import View, compare
from transforms.records import Quote

BINS = 10
FOLDS = 5
PRIOR = 10.0
"""Predictions that a rate is drawn by towards the next coarser one, so that a handful of cases decides nothing."""
DATA = Path(__file__).resolve().parents[2] / "transforms" / "data"
METHODS, SPEAKERS = DATA / "quotes_confidence.tsv", DATA / "speakers_confidence.tsv"


@dataclass(frozen=True, slots=True)
class Case:
    """One predicted row and whether stretch and source are right."""

    document: str
    kind: str
    method: str
    speaker_type: str
    confidence: float
    is_right: bool


@dataclass(frozen=True, slots=True)
class Rate:
    """A share, and the number of predictions that it was counted on."""

    share: float
    count: int


@dataclass(frozen=True, slots=True)
class Rates:
    """Shares by type and method, and by type, method and type of speaker."""

    methods: dict[tuple[str, str], Rate]
    speakers: dict[tuple[str, str, str], Rate]

    def of(self, case: Case) -> float:
        """The confidence of a row like this one; that of its type where its method was never seen."""
        known = self.speakers.get((case.kind, case.method, case.speaker_type)) or self.methods.get(
            (case.kind, case.method)
        )
        return known.share if known is not None else self.methods[case.kind, ""].share


@dataclass(frozen=True, slots=True)
class Bin:
    """Predictions whose confidence lies in one tenth: how many, what they said, and how many were right."""

    count: int
    said: float
    right: float


def cases_of(text: QuotedText, quotes: Sequence[Quote]) -> Iterator[Case]:
    """The predicted rows of one text that count as right or wrong; those inside attributed beliefs do not count."""
    compared = compare(text.text, text.quotes, predicted_rows(quotes), View.ALL)
    right = {(pair.predicted.start, pair.predicted.end): pair.speaker_right for pair in compared.pairs}
    right |= {(row.start, row.end): False for row in compared.spurious}
    for quote in quotes:
        is_right = right.get((quote.content_start, quote.content_end))
        if is_right is not None:
            yield Case(
                text.id, quote.quote_type, quote.attribution_method, quote.speaker_type, quote.confidence, is_right
            )


def fit(cases: Iterable[Case]) -> Rates:
    """Count the shares, each drawn towards the coarser one: speaker type → method → type of quotation."""
    kinds: defaultdict[str, list[bool]] = defaultdict(list)
    methods: defaultdict[tuple[str, str], list[bool]] = defaultdict(list)
    speakers: defaultdict[tuple[str, str, str], list[bool]] = defaultdict(list)
    for case in cases:
        kinds[case.kind].append(case.is_right)
        methods[case.kind, case.method].append(case.is_right)
        speakers[case.kind, case.method, case.speaker_type].append(case.is_right)
    by_kind = {kind: sum(rights) / len(rights) for kind, rights in kinds.items()}
    by_method = {key: _drawn(rights, by_kind[key[0]]) for key, rights in methods.items()}
    by_speaker = {key: _drawn(rights, by_method[key[0], key[1]].share) for key, rights in speakers.items()}
    by_method |= {(kind, ""): Rate(share, len(kinds[kind])) for kind, share in by_kind.items()}
    return Rates(by_method, by_speaker)


def _drawn(rights: Sequence[bool], towards: float) -> Rate:
    return Rate((sum(rights) + PRIOR * towards) / (len(rights) + PRIOR), len(rights))


def cross_validated(cases: Sequence[Case]) -> list[tuple[float, bool]]:
    """For each case the confidence that the other documents give it, and whether it is right."""
    fold_of = {case.document: _fold(case.document) for case in cases}
    said: list[tuple[float, bool]] = []
    for fold in range(FOLDS):
        rates = fit(case for case in cases if fold_of[case.document] != fold)
        said.extend((rates.of(case), case.is_right) for case in cases if fold_of[case.document] == fold)
    return said


def _fold(document: str) -> int:
    return blake2b(document.encode(), digest_size=4).digest()[0] % FOLDS


def reliability(said: Iterable[tuple[float, bool]]) -> list[Bin]:
    """The predictions by tenths of their confidence, lowest first."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for confidence, is_right in said:
        bins[min(int(confidence * BINS), BINS - 1)].append((confidence, is_right))
    return [
        Bin(len(inside), sum(said for said, _ in inside) / len(inside), sum(right for _, right in inside) / len(inside))
        if inside
        else Bin(0, 0.0, 0.0)
        for inside in bins
    ]


def calibration_error(bins: Sequence[Bin]) -> float:
    """Expected calibration error: the mean distance of what was said from what was right, by number of cases.

    Naeini, Cooper and Hauskrecht (2015), "Obtaining well calibrated probabilities using Bayesian binning".
    """
    total = sum(each.count for each in bins)
    return sum(each.count * abs(each.said - each.right) for each in bins) / total if total else 0.0


def reliability_table(title: str, size: str, model: str, command: str, bins: Sequence[Bin]) -> Table:
    """The bins as a section of the document."""
    rows = [
        [f"{number / BINS:.1f}–{(number + 1) / BINS:.1f}", str(each.count), f"{each.said:.3f}", f"{each.right:.3f}"]
        for number, each in enumerate(bins)
        if each.count
    ]
    rows.append(
        ["expected calibration error", str(sum(each.count for each in bins)), f"{calibration_error(bins):.3f}", ""]
    )
    return Table(title, size, model, command, ["confidence", "rows", "mean confidence", "share right"], rows)


def write(rates: Rates, size: str, model: str) -> None:
    """Write both files, keeping their headers down to the line that says what was counted."""
    counted = f"# Counted on {size} with {model}."
    methods = [[*key, *_cells(rate)] for key, rate in sorted(rates.methods.items()) if key[1]]
    speakers = [[*key, *_cells(rate)] for key, rate in sorted(rates.speakers.items())]
    for path, rows in ((METHODS, methods), (SPEAKERS, speakers)):
        header = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
        kept = [line for line in header if not line.startswith("# Counted on")]
        path.write_text("\n".join([*kept, counted, *("\t".join(row) for row in rows)]) + "\n", encoding="utf-8")


def _cells(rate: Rate) -> list[str]:
    return [f"{rate.share:.3f}", str(rate.count)]


def main() -> None:
    """Measure, print, and with ``--write`` set the shares anew."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the shares to transforms/data")
    options = parser.parse_args()
    path = quotes_path("polnear_train")
    if not path.exists():
        sys.exit(f"{path} is not there (ONRECORD_SHARED names the folder of the evaluation data)")
    annotator = Annotator(DEFAULT_MODEL)
    texts = list(read_quoted_texts(path))
    annotated = annotate_texts(annotator, (text.text for text in texts))
    cases = [case for text, (_, quotes) in zip(texts, annotated, strict=True) for case in cases_of(text, quotes)]
    size = f"{len(texts)} articles of the PolNeAR training split, {len(cases):,} rows"
    command = "python -m tests.quality.calibration"
    title = f"Confidence, cross-validated on polnear_train ({FOLDS} folds of documents)"
    table = reliability_table(title, size, annotator.model, command, reliability(cross_validated(cases)))
    print(table.plain())
    document = report.DOC.read_text(encoding="utf-8")
    report.DOC.write_text(report.update(document, [table], datetime.now(UTC).date()), encoding="utf-8")
    if options.write:
        write(fit(cases), size, annotator.model)


if __name__ == "__main__":
    main()
