"""Names of places and peoples as they are compared between documents."""

from collections.abc import Collection, Mapping
from functools import cache

import pycountry

from transforms.linking.fold import fold
from transforms.names.lexicon import countries, demonyms
from transforms.normalise.rules import load_rules


@cache
def _codes() -> Mapping[str, str]:
    """Folded name → ISO 3166-1 alpha-2; the names that we chose win over those of pycountry."""
    rules = load_rules("linking_places")
    found: dict[str, str] = {}
    for country in pycountry.countries:
        names = (getattr(country, name, None) for name in ("name", "common_name", "official_name"))
        found |= {fold(name): country.alpha_2 for name in names if name}
    for name in rules["other"]["names"]:
        found.pop(fold(name), None)
    for code, names in rules["countries"].items():
        found |= {fold(name): code for name in names}
    return found | {fold(name): country.code for name, country in countries().items()}


@cache
def _common_names() -> Mapping[str, str]:
    listed = {country.alpha_2: getattr(country, "common_name", country.name) for country in pycountry.countries}
    return listed | {country.code: country.name for country in countries().values()}


@cache
def _witnesses() -> Mapping[str, frozenset[str]]:
    rules = load_rules("linking_places")["witnesses"]
    return {fold(name): frozenset(map(fold, words)) for name, words in rules.items()}


@cache
def _spellings() -> Mapping[str, str]:
    groups = load_rules("linking_places")["spellings"]["names"]
    return {fold(other): fold(first) for first, *others in groups for other in others}


def country_code(name: str, in_document: Collection[str] = ()) -> str | None:
    """ISO 3166-1 alpha-2 of a country by one of its names; None for other places.

    Args:
        in_document: folded names of the document, which tell the country of Georgia from the state.
    """
    folded = fold(name)
    code = _codes().get(folded)
    needed = _witnesses().get(folded)
    return code if needed is None or not needed.isdisjoint(in_document) else None


def country_name(code: str) -> str:
    """The common English name of a country."""
    return _common_names()[code]


def country_of_people(name: str) -> str | None:
    """ISO 3166-1 alpha-2 of the country whose people or adjective this is ("Russian", "Britons")."""
    country = demonyms().get(name)
    return country.code if country is not None else None


def place_key(name: str) -> str:
    """What other places are compared by."""
    folded = fold(name)
    folded = "saint" + folded[2:] if folded.startswith("st ") else folded
    return _spellings().get(folded, folded)


def people_key(name: str) -> str:
    """What peoples, parties and faiths are compared by: without the ending of the plural ("Republicans")."""
    folded = fold(name)
    is_plural = folded.endswith("s") and not folded.endswith(("ss", "us")) and len(folded) > 4
    return folded[:-1] if is_plural else folded
