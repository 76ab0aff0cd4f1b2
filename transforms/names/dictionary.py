"""Whether a word is in the dictionary: asked of the word lists that a spaCy lemmatizer brings along."""

from collections.abc import Callable
from typing import Any

from spacy.language import Language

_TABLE = "lemma_index"
_ENDINGS = (
    ("ies", "y"),
    ("es", ""),
    ("es", "e"),
    ("s", ""),
    ("ied", "y"),
    ("ed", ""),
    ("ed", "e"),
    ("ing", ""),
    ("ing", "e"),
)
"""Regular endings of English nouns and verbs, and what the dictionary form has instead."""


def dictionary(nlp: Language) -> Callable[[str], bool]:
    """The test for words in small letters; where the pipeline has no rule lemmatizer, no word is in it.

    The lists of spaCy's English lemmatizer are those of WordNet.
    """
    words = _words(nlp)

    def is_word(word: str) -> bool:
        if word in words:
            return True
        return any(word.endswith(end) and word.removesuffix(end) + stem in words for end, stem in _ENDINGS)

    return is_word


def _words(nlp: Language) -> frozenset[str]:
    lemmatizer: Any = next((pipe for name, pipe in nlp.components if hasattr(pipe, "lookups")), None)
    if lemmatizer is None or not lemmatizer.lookups.has_table(_TABLE):
        return frozenset()
    index = lemmatizer.lookups.get_table(_TABLE)
    return frozenset(word for part_of_speech in index for word in index[part_of_speech])
