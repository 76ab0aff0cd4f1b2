"""Steps look at the rare characters of a text only; what they do is the same for every character and its neighbours."""

import unicodedata
from collections.abc import Callable

import pytest

from transforms.normalise.characters import (
    compose,
    drop_controls,
    drop_invisible,
    plain_spaces,
    unify_rare_line_ends,
    visible,
)

CHARACTERS = [chr(code) for code in range(0x20000)]


def test_composed_as_by_the_standard() -> None:
    for character in CHARACTERS:
        for text in (f"e{character}", f"{character}\u0301", f"\u1100{character}"):
            assert compose(text) == unicodedata.normalize("NFC", text), ascii(text)


@pytest.mark.parametrize("step", [drop_controls, drop_invisible, plain_spaces, unify_rare_line_ends])
def test_a_step_does_the_same_beside_other_rare_characters(step: Callable[[str], str]) -> None:
    for character in CHARACTERS:
        assert step(f"a {character} b") == f"a {step(character)} b", ascii(character)
        assert step(f"é {character} b\u3000\x00\x0b\u200b\ufeff") == f"é {step(character)} b{step(CLUTTER)}"


CLUTTER = "\u3000\x00\x0b\u200b\ufeff"


def test_visible_is_what_neither_white_space_nor_invisible() -> None:
    for character in CHARACTERS:
        shown = drop_invisible(character).strip()
        assert visible(f" \u200b{character}\u200d") == bool(shown), ascii(character)
