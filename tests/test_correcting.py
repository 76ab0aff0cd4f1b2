"""The way to your own model in ``docs/correcting.md``: it trains, and leaves tags and parse as they were."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import spacy

from transforms.annotate.pipeline import DEFAULT_MODEL

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "correcting.md").read_text("utf-8")
(RECIPE,) = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
(TRAIN,) = re.findall(r"^python (-m spacy train .*)$", PAGE, re.MULTILINE)
TEXT = "Mr. Brandt said the bridge wouldn't open till May, and Ada Marsh agreed."


@pytest.mark.model
@pytest.mark.timeout(300)
def test_names_are_learnt_and_the_rest_stays(tmp_path: Path) -> None:
    for command in (["-c", RECIPE], [*TRAIN.split(), "--training.max_steps", "50"]):
        done = subprocess.run([sys.executable, *command], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    taught, before = spacy.load(tmp_path / "out" / "model-best"), spacy.load(DEFAULT_MODEL)
    told = [[(token.tag_, token.dep_, token.lemma_) for token in nlp(TEXT)] for nlp in (taught, before)]
    assert told[0] == told[1]
    found = taught("Ada Marsh runs the Harbour Trust.").ents
    assert ("the Harbour Trust", "ORG") in [(name.text, name.label_) for name in found]
    assert DEFAULT_MODEL in RECIPE
