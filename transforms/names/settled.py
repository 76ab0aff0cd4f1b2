"""Which names the steps that clean borders would leave as they are: told by text and label alone, and remembered.

Most names are said to be settled by a look at their text, and the steps below then pass them by.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache

from transforms.names import clean, parts
from transforms.names.drafts import Draft

_TESTS: tuple[Callable[[str, str], object], ...] = (
    clean.has_line_break,
    clean.open_bracket,
    clean.has_edges,
    clean.possessive,
    clean.has_possessor,
    clean.article,
    clean.honorific,
    parts.has_dash,
    parts.has_description,
    parts.tail,
    parts.is_pair,
    parts.has_possession,
)
"""For each step that looks at the text first, whether it has anything to do with a text and label."""


def settle(drafts: Iterable[Draft]) -> None:
    """Mark the drafts that none of the steps would change."""
    for draft in drafts:
        draft.is_settled = draft.text.isalpha() or is_settled(draft.text, draft.label)


@lru_cache(maxsize=20_000)
def is_settled(text: str, label: str) -> bool:
    """Whether no step has anything to do with a name; a single word of letters alone always is settled."""
    return not any(test(text, label) for test in _TESTS)
