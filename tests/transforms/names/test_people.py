import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.names.organisations import group_organisations
from transforms.names.people import Form, group_people, name_words


def people(*names: str) -> list[set[str]]:
    """Groups of the names, which stand in the text in this order; a name may stand more than once."""
    forms: dict[tuple[str, ...], Form] = {}
    spelling: dict[tuple[str, ...], str] = {}
    for position, name in enumerate(names):
        words = name_words(name)
        forms.setdefault(words, Form(words)).positions.append(position)
        spelling.setdefault(words, name)
    groups: dict[int, set[str]] = {}
    for form, group in zip(forms.values(), group_people(list(forms.values())), strict=True):
        groups.setdefault(group, set()).add(spelling[form.words])
    return list(groups.values())


@pytest.mark.parametrize(
    "names",
    [
        ("Tomas Verrin", "Verrin"),
        ("VERRIN", "Tomas Verrin"),
        ("Tomas J. Verrin", "Tomas Verrin", "T. Verrin"),
        ("William Hale", "Bill Hale", "Hale"),
        ("Lucia Prada Orta", "Prada Orta", "Lucia"),
        ("Tomas Verrin Jr.", "Verrin"),
    ],
)
def test_spellings_of_one_person(names: tuple[str, ...]) -> None:
    assert people(*names) == [set(names)]


@pytest.mark.parametrize(
    "names",
    [
        ("Tomas Verrin", "Ilse Verrin"),
        ("Tomas Verrin", "Tomas Verrin Jr."),
        ("Tomas Verrin", "Ilse Verrin", "Verrin"),
        ("Tomas Verrin", "Marrow"),
    ],
)
def test_different_people(names: tuple[str, ...]) -> None:
    assert len(people(*names)) == len(names)


def test_a_shared_surname_is_that_of_the_one_who_had_it_alone() -> None:
    assert people("Tomas Verrin", "Verrin", "Ilse Verrin", "Verrin") == [{"Tomas Verrin", "Verrin"}, {"Ilse Verrin"}]


NAMES = st.lists(st.sampled_from(string.ascii_lowercase[:6]), min_size=1, max_size=3).map(tuple)


@given(st.lists(NAMES, unique=True, max_size=30))
def test_groups_are_numbered_by_their_members(words: list[tuple[str, ...]]) -> None:
    forms = [Form(name, [position]) for position, name in enumerate(words)]
    groups = group_people(forms)
    assert len(groups) == len(forms)
    assert all(groups[group] == group for group in groups)
    assert groups == group_people(forms)


@pytest.mark.parametrize(
    ("one", "other", "are_same"),
    [
        ("Harwick Road Safety Board", "HRSB", True),
        ("Ministry of Works", "MOW", True),
        ("Ministry of Works", "MW", True),
        ("Brandt Steel Corp.", "Brandt Steel", True),
        ("Brandt Steel", "Brandt Foundation", False),
        ("Harwick Road Safety Board", "NRB", False),
        ("Arts in Motion", "Aim", False),
    ],
)
def test_organisations(one: str, other: str, are_same: bool) -> None:
    groups = group_organisations([Form(name_words(one), [0]), Form(name_words(other), [1])], [one, other])
    assert (groups[0] == groups[1]) is are_same
