import pytest
from spacy.language import Language

from transforms.names.spans import Mention

pytestmark = pytest.mark.model


def people(nlp: Language, text: str) -> dict[str, Mention]:
    doc = nlp(text)
    return {doc.text[one.start : one.end]: one for one in doc._.mentions if one.label == "PERSON"}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The vote was close, said Dr Noemi Castelberg after the count.", "Noemi Castelberg"),
        ("Prosser-Lee's deputy, a tenor called Gwyn Amos, took the first rehearsal.", "Gwyn Amos"),
        ("The mayor of Stowle, Wendeline Prior, accused the campaign of noise.", "Wendeline Prior"),
        ("Yusra Haddon, who took over the club in May, shrugged.", "Yusra Haddon"),
        ("Quirin Dasselbach, 43, a welder, waved from the quay.", "Quirin Dasselbach"),
    ],
)
def test_neighbours_tell_a_person(nlp: Language, text: str, name: str) -> None:
    assert name in people(nlp, text)


@pytest.mark.parametrize("text", ["President of Norland, 43 countries and Harwick Steel, which pays them, agreed."])
def test_bodies_stay_what_they_are(nlp: Language, text: str) -> None:
    assert "Harwick Steel" not in people(nlp, text)


@pytest.mark.parametrize(
    ("text", "name", "role"),
    [
        ("“No,” said Sen. Theo Brannock on Friday.", "Theo Brannock", "Sen."),
        ("The museum’s director, Jorg Peschke, smiled.", "Jorg Peschke", "director"),
        ("The chair of the judges, Rupert Osei-Barr, smiled.", "Rupert Osei-Barr", "chair of the judges"),
        ("Gwyn Amos, a tenor, sang.", "Gwyn Amos", "tenor"),
    ],
)
def test_what_people_are(nlp: Language, text: str, name: str, role: str) -> None:
    assert people(nlp, text)[name].role == role


def test_a_headline_verb_is_no_part_of_a_name(nlp: Language) -> None:
    text = "Glenn Marrow Blasts Council\n\nAlan Prewitt met Glenn Marrow in Harwick. Marrow left."
    assert {one.canonical_name for one in people(nlp, text).values()} == {"Glenn Marrow", "Alan Prewitt"}


def test_a_possessor_is_parted_from_the_person(nlp: Language) -> None:
    assert "Glenn Marrow" in people(nlp, "After Norland TV’s Glenn Marrow asked, nobody answered.")
