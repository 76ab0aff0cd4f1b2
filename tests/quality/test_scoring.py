"""The scorer is itself tested: by small cases, and against the evaluation script of the shared data."""

import gzip
import importlib.util
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.quality.entities import score_names
from tests.quality.gold import Name
from tests.quality.shared import quotes_path, row_of, shared_folder
from transforms.evaluation.names import last_name, names_agree, same_last_name
from transforms.evaluation.scoring import Comparison, Counts, Kind, Row, View, compare, trim

TEXT = "“We shall mend the old pier before winter,” said Ada Brill. Brill called the plan “a sound one for everybody”."


def span(words: str) -> tuple[int, int]:
    start = TEXT.index(words)
    return start, start + len(words)


def row(words: str, kind: Kind = Kind.DIRECT, speaker: str | None = "Ada Brill") -> Row:
    start, end = span(words)
    place = span(speaker) if speaker else (-1, -1)
    return Row(start, end, kind, speaker, *place, speaker_canonical=speaker)


DIRECT = "“We shall mend the old pier before winter,”"
MIXED = "the plan “a sound one for everybody”"
FRAGMENT = "“a sound one for everybody”"


def test_marks_and_stops_at_the_ends_do_not_count() -> None:
    inner = DIRECT.strip("“”,")
    assert compare(TEXT, [row(DIRECT)], [row(inner)], View.DIRECT).exact == Counts(1, 1, 1)
    assert trim("… “ ” …", 0, 7)[0] == trim("… “ ” …", 0, 7)[1]


def test_a_stretch_nearly_as_long_overlaps_and_a_half_does_not() -> None:
    nearly = compare(TEXT, [row(DIRECT)], [row("shall mend the old pier before winter")], View.DIRECT)
    assert (nearly.exact.right, nearly.overlap.right) == (0, 1)
    half = compare(TEXT, [row(DIRECT)], [row("before winter")], View.DIRECT)
    assert (half.overlap.right, len(half.missed), len(half.spurious)) == (0, 1, 1)


def test_a_wrong_speaker_costs_the_attribution_only() -> None:
    found = compare(TEXT, [row(DIRECT)], [row(DIRECT, speaker="everybody")], View.DIRECT)
    assert (found.overlap.right, found.attribution.right) == (1, 0)


def test_no_speaker_on_both_sides_is_right() -> None:
    assert compare(TEXT, [row(DIRECT, speaker=None)], [row(DIRECT, speaker=None)], View.ALL).attribution.right == 1
    assert compare(TEXT, [row(DIRECT, speaker=None)], [row(DIRECT)], View.ALL).attribution.right == 0


def test_the_fragment_of_a_mixed_quote_is_neutral_in_the_direct_view_unless_strict() -> None:
    gold = [row(DIRECT), row(MIXED, Kind.MIXED)]
    predicted = [row(DIRECT), row(FRAGMENT)]
    assert compare(TEXT, gold, predicted, View.DIRECT).overlap == Counts(1, 1, 1)
    assert compare(TEXT, gold, predicted, View.DIRECT, strict=True).overlap == Counts(1, 2, 1)


def test_one_prediction_finds_one_gold_row() -> None:
    assert compare(TEXT, [row(DIRECT), row(DIRECT)], [row(DIRECT), row(DIRECT)], View.ALL).overlap == Counts(1, 1, 2)


@pytest.mark.parametrize(
    ("mention", "canonical", "predicted", "agree"),
    [
        ("Mr. Brill", "Ada Brill", ["Brill"], True),
        ("she", "Ada Brill", ["A. Brill"], True),
        ("she", "Ada Brill", ["she"], False),
        ("Brill's widow", None, ["Brill"], True),
        ("Ada Brill Jr.", None, ["Ada Brill"], True),
        ("Ada Brill", "Ada Brill", ["Ada Moor", None], False),
    ],
)
def test_names_agree_by_their_last_words(
    mention: str, canonical: str | None, predicted: list[str | None], agree: bool
) -> None:
    assert names_agree(mention, canonical, predicted) is agree


def test_last_names() -> None:
    assert last_name("Sen. Ada Brill Jr.") == "brill"
    assert last_name("she") is None
    assert same_last_name(None, None)
    assert not same_last_name("Ada Brill", None)


def test_names_are_right_by_stretch_and_label() -> None:
    gold = [Name(0, 5, "PERSON"), Name(9, 12, "ORG")]
    figures = score_names(gold, [Name(0, 5, "PERSON"), Name(9, 12, "GPE")], ("PERSON", "ORG", "GPE"))
    assert figures["PERSON"] == Counts(1, 1, 1)
    assert figures["ORG"] == Counts(0, 0, 1)
    assert figures["all"] == Counts(1, 2, 2)


# Against the script that comes with the evaluation data ---------------------------------------------------------------

DOCUMENTS = {False: 60, True: 20}  # fewer where strict: the script is slow
Document = dict[str, Any]


def _first_documents(number: int) -> list[Document]:
    with gzip.open(quotes_path("polnear_train"), "rt", encoding="utf-8") as lines:
        return [json.loads(next(lines)) for _ in range(number)]


def _noisy(document: Document, chance: random.Random) -> Document:
    """Predictions that are right, nearly right, wrong, doubled and missing, from the gold of the document."""
    text, quotes = document["text"], []
    for quote in document["quotes"]:
        if chance.random() < 0.15:
            continue
        copy = dict(quote)
        for end in ("start", "end"):
            copy[end] = min(max(copy[end] + chance.choice([0, 0, 0, -1, 1, 2, -12, 25]), 0), len(text))
        if copy["type"] == "unknown" or chance.random() < 0.1:
            copy["type"] = chance.choice(["direct", "mixed", "indirect"])
        if chance.random() < 0.4:
            other = chance.choice(document["quotes"])
            copy |= {name: other.get(name) for name in ("speaker_text", "speaker_start", "speaker_end")}
            copy["speaker_canonical"] = chance.choice([None, other.get("speaker_canonical"), "Barack Obama", "she"])
        quotes += [copy] * chance.choice([1, 1, 1, 2])
    for _ in range(3):
        start = chance.randrange(len(text))
        quotes.append({"start": start, "end": min(start + chance.randrange(60), len(text)), "type": "direct"})
    return {"id": document["id"], "text": text, "quotes": quotes}


def _reference() -> Callable[..., dict[str, Any]]:
    spec = importlib.util.spec_from_file_location("reference_scorer", shared_folder() / "eval" / "score_quotes.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    score: Callable[..., dict[str, Any]] = module.score
    return score


def _write(path: Path, documents: list[Document]) -> Path:
    path.write_text("\n".join(json.dumps(document) for document in documents), encoding="utf-8")
    return path


def _triple(counts: Counts) -> tuple[float, float, float]:
    return counts.precision, counts.recall, counts.f1


@pytest.mark.shared
@pytest.mark.skipif(not quotes_path("polnear_train").exists(), reason=f"no evaluation data in {shared_folder()}")
@pytest.mark.parametrize("strict", [False, True])
def test_both_scorers_give_the_same_figures(tmp_path: Path, strict: bool) -> None:
    chance = random.Random(7)
    gold = _first_documents(DOCUMENTS[strict])
    predicted = [_noisy(document, chance) for document in gold]
    reference = _reference()(_write(tmp_path / "gold", gold), _write(tmp_path / "predicted", predicted), strict)
    for view in View:
        ours: list[Comparison] = [
            compare(
                theirs["text"],
                [row_of(quote) for quote in theirs["quotes"]],
                [row_of(quote) for quote in guess["quotes"]],
                view,
                strict=strict,
            )
            for theirs, guess in zip(gold, predicted, strict=True)
        ]
        for measure in ("exact", "overlap", "attribution"):
            total = sum((getattr(comparison, measure) for comparison in ours), Counts())
            assert total.gold == reference[view]["gold"]
            assert total.predicted == reference[view]["pred"]
            assert _triple(total) == pytest.approx(reference[view][measure])
            assert total.right, "the noise left nothing to compare"
