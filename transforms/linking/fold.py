"""Folding: spellings that differ in case, accents or punctuation become one string."""

import re
import unicodedata
from functools import lru_cache
from hashlib import blake2b

_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "’": "'", "‘": "'", "ʼ": "'"}
)
"""Letters that no decomposition of Unicode makes plain."""

_POSSESSIVE = re.compile(r"'s?$")
_APOSTROPHE = re.compile(r"[.']")
_OTHER = re.compile(r"[^\w&]+|_")

ID_BYTES = 10
"""Of an entity's id, as of a document's: some billions of names before two of them are likely to share one."""


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """A name without case, accents, punctuation, a leading "the" and a possessive ending: words between single spaces.

    ``"The U.N.’s"`` → ``"un"``; ``"São  Paulo"`` → ``"sao paulo"``; ``"Jean-Luc"`` → ``"jean luc"``.
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    words = _OTHER.sub(" ", _APOSTROPHE.sub("", _POSSESSIVE.sub("", plain.strip()))).replace("&", " and ").split()
    return " ".join(words[1:] if len(words) > 1 and words[0] == "the" else words)


@lru_cache(maxsize=262_144)
def entity_id(kind: str, *key: str) -> str:
    """The id of what has this key: 20 hexadecimal digits. It depends on nothing else."""
    return blake2b("\0".join((kind, *key)).encode(), digest_size=ID_BYTES).hexdigest()
