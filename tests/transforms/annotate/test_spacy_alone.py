"""spaCy is imported without its commands, and they are still there for whoever asks."""

import subprocess
import sys

SCRIPT = """
import sys
from transforms.annotate.spacy_alone import import_spacy

import_spacy()
import spacy

assert "spacy.cli" not in sys.modules
assert "spacy_version" in spacy.info(silent=True)
assert "spacy.cli" in sys.modules
from spacy.cli.info import info

assert info(silent=True) == spacy.info(silent=True)
import_spacy()
"""


def test_commands_are_imported_when_asked_for() -> None:
    subprocess.run([sys.executable, "-c", SCRIPT], check=True)
