from transforms.names import lexicon
from transforms.speakers.lexicon import document_nouns, pronouns


def test_given_names_are_many_and_tell_one_gender() -> None:
    names = lexicon.given_names()
    assert len(names) >= 600
    assert set(names.values()) == {"f", "m"}
    listed = [name for line in lexicon.lines("names_given.tsv") for name in line.split("\t")[1].split()]
    assert len(listed) == len(set(listed)), "a name is listed twice"
    assert {"alex", "chris", "jordan", "kim"}.isdisjoint(names)


def test_countries_have_codes_and_no_name_means_two() -> None:
    names: dict[str, str] = {}
    for line in lexicon.lines("names_countries.tsv"):
        code, name, aliases, _ = line.split("\t")
        assert len(code) == 2
        assert code.isupper()
        for form in filter(None, [name, *aliases.split("|")]):
            assert names.setdefault(form, code) == code
    assert lexicon.countries()["U.S."].name == "United States"
    assert lexicon.countries()["Georgia"].is_ambiguous


def test_roles_and_titles_agree() -> None:
    nouns = {honorific.noun for honorific in lexicon.honorifics().values()} - {None}
    assert {honorific.gender for honorific in lexicon.honorifics().values()} == {None, "f", "m"}
    assert "senator" in nouns
    assert "politician" in lexicon.role_nouns()["senator"].wider


def test_speaker_words() -> None:
    assert {form for form, pronoun in pronouns().items() if pronoun.is_personal and pronoun.case == "s"} == {
        "he",
        "she",
        "it",
    }
    assert "report" in document_nouns()
