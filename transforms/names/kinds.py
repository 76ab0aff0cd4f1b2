"""Kinds of words that the rules about names look for in a text, told by a word's form alone."""

from transforms.names.lexicon import event_words, given_names, honorifics, listed_places, named_bodies, role_nouns

GIVEN_NAME = 1
"""A given name."""
TITLE = 2
"""An honorific or a noun for a role, with or without a full stop."""
NAMED_BODY = 4
"""A noun for a body right after which its name may follow, in small letters."""
PLACE = 8
"""The first word of a country or large city."""

EVENT = 16
"""A word that ends the name of an event."""


def kinds_of(form: str) -> int:
    """The kinds of one word, added up."""
    small = form.lower()
    return (
        GIVEN_NAME * (small in given_names())
        | TITLE * is_title(small)
        | NAMED_BODY * (form in named_bodies())
        | PLACE * (form in listed_places())
        | EVENT * (form in event_words())
    )


def is_title(small: str) -> bool:
    """Whether a word in small letters is an honorific, with or without a full stop, or a noun for a role."""
    return small.rstrip(".") in honorifics() or small in role_nouns()
