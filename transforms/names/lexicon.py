"""The word lists of the name components, read from ``transforms/data`` once a process."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

_SHORTEST_PLACE = 3
"""Names of places of so many letters and fewer are too often something else to be found on sight."""


@dataclass(frozen=True, slots=True)
class Honorific:
    """A word before a name: the gender that it tells, and the noun for the function that it states, if any."""

    gender: str | None
    noun: str | None


@dataclass(frozen=True, slots=True)
class RoleNoun:
    """A noun that says what a person is, with the gender that it tells and the wider nouns for the same person."""

    noun: str
    gender: str | None
    wider: frozenset[str]


@dataclass(frozen=True, slots=True)
class Country:
    """A country: ISO 3166-1 alpha-2 code and common English name."""

    code: str
    name: str
    is_ambiguous: bool


@dataclass(frozen=True, slots=True)
class City:
    """A large city: ISO 3166-1 alpha-2 code of its country."""

    code: str
    is_ambiguous: bool


@dataclass(frozen=True, slots=True)
class KnownName:
    """A well-known name: its label, None where it is the name of nothing that the tables hold."""

    label: str | None
    is_ambiguous: bool


def lines(name: str) -> Iterator[str]:
    """Lines of a data file without comments and empty lines."""
    text = resources.files("transforms.data").joinpath(name).read_text(encoding="utf-8")
    return (line for line in text.splitlines() if line and not line.startswith("#"))


@lru_cache(maxsize=1)
def given_names() -> dict[str, str]:
    """Given name (lower case) → "f" or "m"."""
    rows = (line.split("\t") for line in lines("names_given.tsv"))
    return {name: gender for gender, names in rows for name in names.split()}


@lru_cache(maxsize=1)
def honorifics() -> dict[str, Honorific]:
    """Form (lower case, without full stop) → honorific."""
    rows = (line.split("\t") for line in lines("names_honorifics.tsv"))
    return {form: Honorific(gender_of(gender), None if noun == "-" else noun) for form, gender, noun in rows}


@lru_cache(maxsize=1)
def role_nouns() -> dict[str, RoleNoun]:
    """Noun or noun phrase (singular, lower case) → role."""
    rows = (line.split("\t") for line in lines("names_roles.tsv"))
    return {noun: RoleNoun(noun, gender_of(gender), frozenset(wider.split("|")) - {""}) for noun, gender, wider in rows}


@lru_cache(maxsize=1)
def bodies() -> dict[str, frozenset[str]]:
    """Noun for a body (singular, lower case) → words by which the name of such a body is known, itself included.

    The word ``*`` stands for names that no other noun claims.
    """
    rows = (line.split("\t") for line in lines("names_bodies.tsv"))
    return {noun: frozenset({noun, *words.split("|")}) - {"-"} for noun, words in rows}


@lru_cache(maxsize=1)
def named_bodies() -> frozenset[str]:
    """Nouns for a body right after which its name may follow."""
    return frozenset(lines("names_named_bodies.txt"))


@lru_cache(maxsize=1)
def state_nouns() -> frozenset[str]:
    """Nouns that make the adjective before them stand for the state ("Russian government")."""
    return frozenset(lines("names_state_nouns.txt"))


@lru_cache(maxsize=1)
def body_words() -> frozenset[str]:
    """Words that say in the name of a body what it is; those that any company may have are left out."""
    return frozenset().union(*bodies().values()) - company_words()


@lru_cache(maxsize=1)
def company_words() -> frozenset[str]:
    """Words that any company may have in its name."""
    return frozenset().union(*(words for words in bodies().values() if "*" in words))


@lru_cache(maxsize=1)
def countries() -> dict[str, Country]:
    """Name or alias of a country, as written, → country."""
    return {name: country for country, names, _ in _countries() for name in names}


@lru_cache(maxsize=1)
def demonyms() -> dict[str, Country]:
    """Adjective or name of a country's people, as written, → country."""
    return {name: country for country, _, names in _countries() for name in names}


@lru_cache(maxsize=1)
def cities() -> dict[str, City]:
    """Name of a large city, as written, → city."""
    rows = (line.split("\t") for line in lines("names_cities.tsv"))
    return {
        name: City(code, names.startswith("*")) for code, names in rows for name in names.removeprefix("*").split("|")
    }


@lru_cache(maxsize=1)
def listed_places() -> dict[str, list[tuple[str, ...]]]:
    """First word → the words of each country and large city that begins with it, longest first; no common words."""
    places: dict[str, list[tuple[str, ...]]] = {}
    for name in [*countries(), *cities()]:
        if len(name) > _SHORTEST_PLACE and name.lower() not in common_words():
            places.setdefault(tokens_of(name)[0], []).append(tokens_of(name))
    for names in places.values():
        names.sort(key=len, reverse=True)
    return places


def tokens_of(name: str) -> tuple[str, ...]:
    """Words of a name as spaCy's tokenizer parts them: hyphens stand alone."""
    return tuple(name.replace("-", " - ").split())


@lru_cache(maxsize=1)
def known_names() -> dict[str, KnownName]:
    """Well-known name of something that is no person, as written, → what it is."""
    rows = (line.split("\t") for line in lines("names_known.tsv"))
    return {
        name.removeprefix("*"): KnownName(None if label == "-" else label, name.startswith("*"))
        for label, names in rows
        for name in names.split("|")
    }


@lru_cache(maxsize=1)
def club_words() -> frozenset[str]:
    """Words (lower case, without full stop) that end names of companies and clubs, and nobody's surname."""
    return frozenset(lines("names_clubs.txt")) | organisation_suffixes()


def ends_a_body(word: str) -> bool:
    """Whether a name that ends in this word is no person's: "Foundation", "Energy", "Inc."."""
    word = word.strip(".,").lower()
    return word in institution_words() or word in club_words()


@lru_cache(maxsize=1)
def event_words() -> frozenset[str]:
    """Words, as written, that end the name of an event."""
    return frozenset(lines("names_events.txt"))


@lru_cache(maxsize=1)
def full_given_names() -> dict[str, frozenset[str]]:
    """Short form of a given name → its full forms (all lower case)."""
    full: dict[str, set[str]] = {}
    for line in lines("names_nicknames.tsv"):
        name, shorts = line.split("\t")
        for short in shorts.split():
            full.setdefault(short, set()).add(name)
    return {short: frozenset(names) for short, names in full.items()}


@lru_cache(maxsize=1)
def organisation_suffixes() -> frozenset[str]:
    """Words that a company's short name leaves out (lower case, without full stop)."""
    return frozenset(lines("names_organisations.txt"))


@lru_cache(maxsize=1)
def common_words() -> frozenset[str]:
    """Words (lower case) that are too often something else to be taken for a known name on sight."""
    return frozenset(lines("names_dictionary.txt"))


@lru_cache(maxsize=1)
def institution_words() -> frozenset[str]:
    """Words (lower case) that end the names of things called after people."""
    return frozenset(lines("names_institutions.txt"))


def gender_of(code: str) -> str | None:
    """``"f"``, ``"m"`` or ``"n"`` from a data file's column, None for ``"-"``."""
    return None if code == "-" else code


def _countries() -> Iterator[tuple[Country, list[str], list[str]]]:
    for line in lines("names_countries.tsv"):
        code, name, aliases, people = line.split("\t")
        country = Country(code, name.lstrip("*"), name.startswith("*"))
        yield country, [country.name, *filter(None, aliases.split("|"))], [*filter(None, people.split("|"))]
