"""``onrecord evaluate``: its figures are those of the script that comes with the evaluation data, and of its rules."""

import json
import random
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from flows.annotate_lines import open_text
from flows.cli import cli
from flows.evaluation import evaluate_files
from tests.quality.shared import quotes_path, shared_folder
from tests.quality.test_scoring import DOCUMENTS, _first_documents, _noisy, _reference, _write
from transforms.evaluation.scoring import View

TEXT = "“We stay,” said Ada Brill. She said that most of it was gone. “Go,” said Moor."
QUOTES = [
    {"start": 0, "end": 10, "type": "direct", "speaker_text": "Ada Brill", "speaker_start": 16, "speaker_end": 25,
     "speaker_kind": "named", "cue_text": "said", "cue_start": 11, "cue_end": 15},
    {"start": 36, "end": 60, "type": "indirect", "speaker_text": "She", "speaker_start": 27, "speaker_end": 30},
    {"start": 62, "end": 67, "type": "direct", "speaker_text": "Moor", "speaker_start": 73, "speaker_end": 77},
]  # fmt: skip


def lines(path: Path, *values: dict[str, Any]) -> Path:
    with open_text(path, "wt") as file:
        file.writelines(f"{json.dumps(value)}\n" for value in values)
    return path


def document(name: str = "a", quotes: list[dict[str, Any]] = QUOTES, **more: Any) -> dict[str, Any]:
    return {"id": name, "text": TEXT, "quotes": quotes} | more


def run(*arguments: object) -> Any:
    return CliRunner().invoke(cli, ["evaluate", *map(str, arguments)], catch_exceptions=True)


def test_what_is_found_missed_and_made_up(tmp_path: Path) -> None:
    guesses = [QUOTES[0] | {"speaker_text": "Moor", "speaker_start": 73, "speaker_end": 77}, QUOTES[1]]
    gold = lines(tmp_path / "gold.jsonl.gz", document(), document("only gold"))
    predicted = lines(tmp_path / "predicted.jsonl", document("a", guesses), document("other"))
    told = json.loads(run(gold, predicted, "--json").output)
    assert (told["documents"], told["gold_only"], told["predicted_only"], told["other_text"]) == (1, 1, 1, 0)
    everything = told["all"]
    assert (everything["gold"], everything["predicted"]) == (3, 2)
    assert everything["overlap"] == {"precision": 1.0, "recall": pytest.approx(2 / 3), "f1": 0.8, "right": 2}
    assert everything["attribution"]["right"] == 1
    assert everything["speaker_right_of_found"] == 0.5
    assert {"gold": "direct", "predicted": "missed", "count": 1} in everything["types"]
    printed = run(gold, predicted).output
    assert "1 documents scored (1 only in GOLD, 1 only in PRED)." in printed
    assert "1.000  0.667  0.800" in printed
    assert max(map(len, printed.splitlines())) <= 80


def test_another_text_is_told_and_nothing_in_common_is_not_clean(tmp_path: Path) -> None:
    gold = lines(tmp_path / "gold.jsonl", document())
    ran = run(gold, lines(tmp_path / "p.jsonl", document(text=TEXT + " More.")))
    assert "1 documents have another text" in ran.output
    none = run(gold, lines(tmp_path / "p.jsonl", document("b")))
    assert "No id is in both files" in str(none.exception)


def test_predictions_need_no_text_and_gold_does(tmp_path: Path) -> None:
    whole, bare = lines(tmp_path / "a.jsonl", document()), {"id": "a", "quotes": QUOTES}
    part = lines(tmp_path / "b.jsonl", bare)
    assert evaluate_files(whole, part).views[View.ALL].attribution.f1 == 1.0
    assert "gold needs it" in str(run(part, whole).exception)


def test_a_bad_line_is_told_with_its_place(tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text(json.dumps(document()) + "\n\nnonsense\n")
    ran = run(lines(tmp_path / "gold.jsonl", document()), bad)
    assert f"{bad}:3: not an annotated text: not JSON" in str(ran.exception)
    binary = tmp_path / "binary.jsonl"
    binary.write_bytes(b"\xff\xfe")
    assert run(binary, lines(tmp_path / "p.jsonl", document())).exit_code == 2


@pytest.mark.shared
@pytest.mark.skipif(not quotes_path("polnear_train").exists(), reason=f"no evaluation data in {shared_folder()}")
@pytest.mark.parametrize("strict", [False, True])
def test_the_figures_are_those_of_the_script(tmp_path: Path, strict: bool) -> None:
    chance = random.Random(11)
    gold = _first_documents(DOCUMENTS[strict])
    predicted = [_noisy(one, chance) for one in gold[:-2]]
    paths = _write(tmp_path / "gold", gold), _write(tmp_path / "predicted", predicted)
    theirs = _reference()(*paths, strict)
    ours = evaluate_files(*paths, strict=strict).as_json()
    assert ours["documents"] == theirs["docs"] == len(predicted)
    for view in View:
        for name, their_name in (("gold", "gold"), ("predicted", "pred"), ("neutral", "neutral")):
            assert ours[view][name] == theirs[view][their_name]
        for measure in ("exact", "overlap", "attribution"):
            shares = [ours[view][measure][share] for share in ("precision", "recall", "f1")]
            assert shares == pytest.approx(list(theirs[view][measure]), rel=1e-12)  # the order of multiplying
        assert ours[view]["speaker_right_of_found"] == pytest.approx(theirs[view]["acc_given_match"], rel=1e-12)
    speakers = {
        row["value"]: (round(row["speaker_right_of_found"], 3), row["found"])
        for row in ours["all"]["phenomena"]
        if row["phenomenon"] == "speaker" and row["found"]
    }
    their_speakers = theirs["all"]["acc_by_gold_speaker_kind"]
    assert speakers["pronoun"] == their_speakers["pronoun"]
    assert speakers["organisation"] == their_speakers["org"]
