"""spaCy without its command line.

``import spacy`` also imports the commands that train, download and convert models, with what these need (typer,
requests, weasel), for the sake of one function, ``spacy.info``: half of its time (0.37 of 0.75 s of CPU, spaCy 3.8).
"""

import importlib
import sys
from types import ModuleType
from typing import Any

_COMMAND = "spacy.cli.info"


def import_spacy() -> None:
    """Import spaCy; its commands only when somebody asks for them. Nothing happens where it is imported already."""
    if "spacy" in sys.modules:
        return
    stand_in: Any = ModuleType(_COMMAND)
    stand_in.info = _info
    sys.modules[_COMMAND] = stand_in  # a module that is found here is not imported, nor is the package around it
    try:
        importlib.import_module("spacy")
    finally:
        del sys.modules[_COMMAND]


def _info(*arguments: Any, **named: Any) -> Any:
    """What ``spacy.info`` tells."""
    return importlib.import_module(_COMMAND).info(*arguments, **named)
