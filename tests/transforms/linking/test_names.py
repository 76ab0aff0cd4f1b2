"""How names are folded, and which are full names."""

import pytest

from transforms.linking.fold import entity_id, fold
from transforms.linking.organisations import is_acronym_of, organisation_key
from transforms.linking.people import PersonName, are_compatible, person_name
from transforms.linking.places import country_code, country_name, country_of_people, people_key, place_key


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("The  Harwick Herald", "harwick herald"),
        ("the", "the"),
        ("U.N.", "un"),
        ("São Paulo’s", "sao paulo"),
        ("Łukasz Brønsted", "lukasz bronsted"),
        ("Moss & Daughters", "moss and daughters"),
        ("Jean-Luc", "jean luc"),
        ("Москва", "москва"),
        ("…", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert fold(folded) == folded


def test_an_id_is_a_hash_of_kind_and_key_alone() -> None:
    assert len(entity_id("ORG", "x")) == 20
    assert entity_id("ORG", "x") != entity_id("PLACE", "x")
    assert entity_id("ORG", "a", "b") != entity_id("ORG", "ab")


SAME = [
    ("Ada Marsh", "ADA MARSH"),
    ("Ada Marsh", "Senator Ada Marsh"),
    ("Ada Marsh", "Ms. Ada Marsh, MP"),
    ("Ada Marsh", "Ada “Addie” Marsh"),
    ("Renée Dufour", "Renee Dufour"),
    ("Joe Varga", "Joseph Varga"),
    ("Sergey Tarnov", "Sergei Tarnov"),
    ("Volodymyr Brenskyy", "Volodymyr Brenskiy"),
    ("Kim Dok Un", "Kim Dok-un"),
    ("J.D. Holt", "J. D. Holt"),
    ("JD Holt", "J.D. Holt"),
    ("Ursula von der Brandt", "Ursula Von Der Brandt"),
    ("Abdel Fattah al-Nouri", "Abdel Fattah Al Nouri"),
    ("Mohammed bin Tarek", "Mohamed Bin Tarek"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_name(one: str, other: str) -> None:
    first, second = person_name(one), person_name(other)
    assert first is not None
    assert second is not None
    assert first.base == second.base


OTHERS = [
    ("Ada Marsh", "Ida Marsh"),
    ("Ada Marsh", "Ada Marshall"),
    ("Tomas Verrin", "Tomas Verrin Jr."),
    ("Jim Smith", "James Smith"),
    ("Alex Varga", "Alexander Varga"),
    ("Pope Martin", "King Martin"),
    ("Mohammed bin Tarek", "Mohammed bin Walid"),
]


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_names_of_different_people(one: str, other: str) -> None:
    first, second = person_name(one), person_name(other)
    assert first is not None
    assert second is not None
    assert first.base != second.base


@pytest.mark.parametrize("text", ["Marsh", "Mr. Marsh", "President Marsh", "A. Marsh", "Marsh Jr.", "", "Mr."])
def test_what_does_not_tell_who_it_is(text: str) -> None:
    assert person_name(text) is None


def test_a_ruler_is_known_by_title_and_one_name() -> None:
    assert person_name("Pope Martin") == PersonName("pope", (), "martin")
    assert person_name("Martin", "Pope") == person_name("Pope Martin")
    assert person_name("Martin", "coach") is None
    assert person_name("King Martin III") == PersonName("king", ("iii",), "martin")
    assert person_name("Prince Ivo Brandt") == person_name("Ivo Brandt")


@pytest.mark.parametrize(
    ("one", "other", "fit"),
    [
        ((), ("w",), True),
        (("w",), ("walker",), True),
        (("h", "w"), ("w",), False),
        (("w",), ("h",), False),
        (("anne",), ("marie",), False),
    ],
)
def test_middle_names_contradict_or_not(one: tuple[str, ...], other: tuple[str, ...], fit: bool) -> None:
    assert are_compatible(one, other) is fit
    assert are_compatible(other, one) is fit


@pytest.mark.parametrize(
    ("name", "code"),
    [
        *[(name, "US") for name in ("U.S.", "US", "USA", "America", "United States", "the United States of America")],
        *[(name, "GB") for name in ("Britain", "UK", "U.K.", "Great Britain", "United Kingdom")],
        ("Holland", "NL"),
        ("Burma", "MM"),
        ("Czech Republic", "CZ"),
        ("Czechia", "CZ"),
        ("North Korea", "KP"),
        ("Iran", "IR"),
        ("Russia", "RU"),
        ("Ukraine", "UA"),
        ("China", "CN"),
        ("Viet Nam", "VN"),
        ("Bolivia, Plurinational State of", "BO"),
        ("Georgia", None),
        ("Moscow", None),
        ("Jersey", None),
        ("", None),
    ],
)
def test_codes_of_countries(name: str, code: str | None) -> None:
    assert country_code(name) == code


def test_georgia_is_a_country_where_something_in_the_document_says_so() -> None:
    assert country_code("Georgia", {"tbilisi"}) == "GE"
    assert country_code("Georgia", {"atlanta"}) is None


def test_every_code_has_a_name_that_leads_back() -> None:
    assert country_name("GB") == "United Kingdom"
    assert country_name("RU") == "Russia"
    assert {code for code in ("US", "VN", "KR", "TZ") if country_code(country_name(code)) != code} == set()


def test_peoples_and_places() -> None:
    assert (country_of_people("Britons"), country_of_people("Martians")) == ("GB", None)
    assert people_key("Republicans") == people_key("Republican")
    assert people_key("Swiss") == "swiss"
    assert place_key("St. Ives") == place_key("Saint Ives")
    assert place_key("Kiev") == place_key("Kyiv")


def test_organisations() -> None:
    assert organisation_key("Harwick Steel Corp.") == organisation_key("HARWICK STEEL") == "harwick steel"
    assert organisation_key("The Company") == "company"
    assert is_acronym_of("NTO", "Northern Trade Organization")
    assert is_acronym_of("U.N.T.", "Union of Northern Towns")
    assert not is_acronym_of("Nto", "Northern Trade Organization")
    assert not is_acronym_of("NTA", "Northern Trade Organization")
    assert not is_acronym_of("N", "Northern")
