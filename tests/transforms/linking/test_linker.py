"""What is one entity across documents, and what is not."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.transforms.linking.corpus import Linked, mentions, person
from transforms.linking.clusters import MentionFacts
from transforms.linking.decisions import decide
from transforms.linking.linker import Linker
from transforms.linking.records import AliasCount, CoMention, DecisionKind, EntityDecision, ExternalId

T0 = datetime(2026, 5, 1, tzinfo=UTC)


def test_one_person_in_two_documents() -> None:
    linked = Linked([person("Ada Marsh", "Ada Marsh", "Marsh"), person("Senator Ada Marsh", "ADA MARSH")])
    row = linked.row("Marsh")
    assert linked.id_of("ADA MARSH") == row.entity_id
    assert (row.name, row.label, row.mention_count, row.document_count) == ("Ada Marsh", "PERSON", 3, 2)
    assert row.aliases == (AliasCount("ADA MARSH", 1), AliasCount("Ada Marsh", 1), AliasCount("Marsh", 1))


def test_a_lone_surname_is_nobody_without_a_full_name_in_its_document() -> None:
    linked = Linked([person("Ada Marsh"), person("Marsh"), person("Mr. Marsh"), person("A. Marsh")])
    assert linked.assigned == [[linked.id_of("Ada Marsh")], [None], [None], [None]]
    assert [row.mention_count for row in linked.rows] == [1]


def test_two_bearers_of_a_surname_stay_two() -> None:
    linked = Linked([person("Ada Marsh", "Marsh"), person("Ben Marsh", "Marsh"), person("Marsh")])
    assert linked.id_of("Marsh", 0) != linked.id_of("Marsh", 1)
    assert linked.id_of("Marsh", 2) is None


def test_a_ruler_by_the_title_beside_the_name() -> None:
    linked = Linked([person("Martin", role="Pope"), person("Pope Martin"), person("Martin", role="coach")])
    assert linked.id_of("Martin", 0) == linked.id_of("Pope Martin") is not None
    assert linked.id_of("Martin", 2) is None
    assert linked.row("Pope Martin").name == "Pope Martin"


def test_values_are_no_entities() -> None:
    linked = Linked([[*mentions("DATE", "Tuesday"), *mentions("MONEY", "$3"), *mentions("EVENT", "Harwick Fair")]])
    assert linked.assigned[0][:2] == [None, None]
    assert linked.row("Harwick Fair").label == "EVENT"


# Middle names


def test_a_middle_name_is_left_out_while_none_contradicts() -> None:
    linked = Linked([person("Ada K. Marsh"), person("Ada Marsh"), person("Ada Karen Marsh")])
    assert len(linked.rows) == 1
    alone = Linked([person("Ada K. Marsh")])
    assert alone.rows[0].entity_id == linked.rows[0].entity_id, "the name without it may come later"


def test_people_who_differ_in_the_middle_name_are_two_and_the_bare_name_is_neither() -> None:
    linked = Linked([person("Ada K. Marsh"), person("Ada L. Marsh"), person("Ada Marsh"), person("Ada Karen Marsh")])
    assert linked.id_of("Ada K. Marsh") == linked.id_of("Ada Karen Marsh")
    assert len({linked.id_of(name) for name in ("Ada K. Marsh", "Ada L. Marsh", "Ada Marsh")}) == 3
    assert linked.id_of("Ada Marsh") == Linked([person("Ada Marsh")]).rows[0].entity_id


def test_a_bare_name_is_who_its_document_says() -> None:
    documents = [person("Ada K. Marsh", "Ada K. Marsh", "Ada Marsh"), person("Ada L. Marsh")]
    linked = Linked(documents)
    assert linked.id_of("Ada Marsh") == linked.id_of("Ada K. Marsh")


# Short forms


def test_a_short_given_name_is_the_full_one_where_the_surname_is_rare() -> None:
    linked = Linked([person("Joe Varga"), person("Joseph Varga")])
    assert linked.id_of("Joe Varga") == linked.id_of("Joseph Varga")


def test_with_a_common_surname_a_document_must_say_so() -> None:
    apart = Linked([person("Jim Smith"), person("James Smith")])
    assert apart.id_of("Jim Smith") != apart.id_of("James Smith")
    together = Linked([person("Jim Smith"), person("James Smith"), person("James Smith", "James Smith", "Jim Smith")])
    assert len(together.rows) == 1
    assert together.rows[0].entity_id == apart.id_of("James Smith"), "the id of the full name stays"
    assert together.rows[0].alias_ids == (apart.id_of("Jim Smith"),)


def test_a_short_name_of_two_full_ones_stays_apart() -> None:
    one = person("Alexander Varga", "Alexander Varga", "Alex Varga")
    other = person("Alexandra Varga", "Alexandra Varga", "Alex Varga")
    linked = Linked([one, other, person("Alex Varga")])
    assert linked.id_of("Alex Varga", 0) == linked.id_of("Alexander Varga")
    assert linked.id_of("Alex Varga", 1) == linked.id_of("Alexandra Varga")
    assert linked.id_of("Alex Varga", 2) not in {linked.id_of("Alexander Varga"), linked.id_of("Alexandra Varga")}


# Organisations and places


LONG = "Northern Trade Organization"


def test_an_acronym_needs_a_document_with_both() -> None:
    short, long = mentions("ORG", "NTO"), mentions("ORG", LONG)
    apart = Linked([short, long])
    assert apart.id_of("NTO") != apart.id_of(LONG)
    together = Linked([short, long, mentions("ORG", LONG, LONG, "NTO")])
    assert len(together.rows) == 1
    assert together.rows[0].entity_id == apart.id_of(LONG), "the id of the long form stays"
    assert together.rows[0].alias_ids == (apart.id_of("NTO"),)


def test_one_document_that_errs_neither_unites_nor_parts() -> None:
    right = mentions("ORG", LONG, LONG, "NTO")
    wrong = mentions("ORG", "Night Tram Office", "Night Tram Office", "NTO")
    many = Linked([*[right] * 10, wrong, mentions("ORG", "NTO")])
    assert many.id_of("NTO", 11) == many.id_of(LONG)
    even = Linked([right, wrong, mentions("ORG", "NTO")])
    assert even.id_of("NTO", 2) not in {even.id_of(LONG), even.id_of("Night Tram Office")}


def test_an_organisation_without_its_legal_form() -> None:
    linked = Linked([mentions("ORG", "Harwick Steel Corp."), mentions("ORG", "Harwick Steel", *["Harwick Steel"] * 3)])
    assert linked.row("Harwick Steel Corp.").name == "Harwick Steel"


def test_what_is_called_a_company_is_no_person() -> None:
    linked = Linked([person("Harwick Inc."), mentions("ORG", "Harwick"), person("Ada Marsh")])
    assert linked.id_of("Harwick Inc.") == linked.id_of("Harwick") != linked.id_of("Ada Marsh")
    assert linked.row("Harwick").label == "ORG"


def test_a_country_by_any_name_and_any_label_but_a_persons() -> None:
    documents = [mentions("GPE", "U.S."), mentions("GPE", "United States"), mentions("ORG", "America")]
    linked = Linked([*documents, mentions("NORP", "United States", "American"), person("America Jordan")])
    row = linked.row("U.S.")
    assert (row.name, row.country_code, row.label, row.mention_count) == ("United States", "US", "GPE", 4)
    assert linked.row("America Jordan").country_code is None


def test_a_people_is_not_its_country_but_has_its_code() -> None:
    linked = Linked([mentions("NORP", "Russian"), mentions("NORP", "Russians"), mentions("GPE", "Russia")])
    assert linked.id_of("Russian") == linked.id_of("Russians") != linked.id_of("Russia")
    assert (linked.row("Russian").country_code, linked.row("Russia").country_code) == ("RU", "RU")


def test_georgia_needs_a_witness() -> None:
    state, country = mentions("GPE", "Georgia"), [*mentions("GPE", "Georgia"), *mentions("GPE", "Tbilisi")]
    linked = Linked([state, country])
    assert (linked.row("Georgia", 0).country_code, linked.row("Georgia", 1).country_code) == (None, "GE")


# Counts


def test_counts_and_neighbours() -> None:
    both: list[MentionFacts] = [*person("Ada Marsh", "Ada Marsh", "Marsh"), *person("Ben Okoro")]
    linker = Linker()
    days = [datetime(2026, 3, 4), None, datetime(2026, 1, 2)]
    documents = [both, both, person("Ada Marsh")]
    for document in documents:
        linker.observe(document)
    ids = [linker.assign(document, day) for document, day in zip(documents, days, strict=True)]
    ada, ben = ids[0][0], ids[0][2]
    assert ada is not None
    assert ben is not None
    linker.add_quotes({ada: 2})
    linker.add_quotes({ada: 1, ben: 1})
    rows = {row.entity_id: row for row in linker.canonical_entities()}
    assert (rows[ada].mention_count, rows[ada].document_count, rows[ada].quote_count) == (5, 3, 3)
    assert (rows[ada].first_seen, rows[ada].last_seen) == (days[2], days[0])
    assert rows[ada].co_mentions == (CoMention(ben, 2),)
    assert rows[ben].co_mentions == (CoMention(ada, 2),)


# Decisions


def at(hours: int) -> datetime:
    return T0 + timedelta(hours=hours)


def alias(name: str, canonical: str, label: str | None = "PERSON", hours: int = 0, **more: object) -> EntityDecision:
    return decide(DecisionKind.ALIAS, at(hours), label=label, names=[name], canonical_name=canonical, **more)  # type: ignore[arg-type]


def test_an_alias_wins_also_for_a_single_name() -> None:
    wikidata = ExternalId("wikidata", "Q4242")
    rules = [alias("Zorinda", "Zorinda"), alias("the marsh", "Ada Marsh", external_ids=[wikidata])]
    linked = Linked([person("Zorinda"), person("Marsh"), person("A. Marsh"), person("ADA MARSH")], rules)
    assert linked.row("Zorinda").name == "Zorinda"
    assert linked.id_of("Marsh") == linked.id_of("ADA MARSH")
    assert linked.id_of("A. Marsh") is None
    row = linked.row("Marsh")
    assert (row.name, row.external_ids) == ("Ada Marsh", (wikidata,))


def test_an_alias_is_for_its_label_unless_it_has_none() -> None:
    documents = [mentions("ORG", "Marsh"), mentions("GPE", "Marsh")]
    only = Linked(documents, [alias("Marsh", "Marsh Group", "ORG")])
    assert {row.name for row in only.rows} == {"Marsh Group", "Marsh"}
    each = Linked(documents, [alias("Marsh", "Harwick", None)])
    assert [row.name for row in each.rows] == ["Harwick", "Harwick"], "an organisation and a place"


def test_the_later_alias_wins() -> None:
    rules = [alias("Bibsy", "Ada Marsh", hours=2), alias("Bibsy", "Ben Okoro", hours=1)]
    linked = Linked([person("Bibsy"), person("Ada Marsh"), person("Ben Okoro")], rules)
    assert linked.id_of("Bibsy") == linked.id_of("Ada Marsh")


def merge(linked: Linked, stays: str, goes: str, hours: int = 0) -> EntityDecision:
    return decide(
        DecisionKind.MERGE, at(hours), entity_id=linked.id_of(stays), other_entity_id=linked.id_of(goes), label="PERSON"
    )


def split(linked: Linked, entity: str, name: str, hours: int = 0, label: str = "PERSON") -> EntityDecision:
    return decide(DecisionKind.SPLIT, at(hours), entity_id=linked.id_of(entity), names=[name], label=label)


PEOPLE = [person("Ada Marsh"), person("Adele Marsh", "Adele Marsh", "Adele Marsh"), person("Ben Okoro")]


def test_a_merge_keeps_the_first_id_and_name() -> None:
    plain = Linked(PEOPLE)
    linked = Linked(PEOPLE, [merge(plain, "Ada Marsh", "Adele Marsh")])
    assert linked.id_of("Adele Marsh") == plain.id_of("Ada Marsh")
    row = linked.row("Adele Marsh")
    assert (row.name, row.mention_count, row.alias_ids) == ("Ada Marsh", 3, (plain.id_of("Adele Marsh"),))


def test_merges_of_merges() -> None:
    plain = Linked(PEOPLE)
    rules = [merge(plain, "Ada Marsh", "Adele Marsh", 1), merge(plain, "Ben Okoro", "Ada Marsh", 2)]
    assert {row.entity_id for row in Linked(PEOPLE, rules).rows} == {plain.id_of("Ben Okoro")}
    back = [*rules, merge(plain, "Adele Marsh", "Ben Okoro", 3)]
    assert len(Linked(PEOPLE, back).rows) == 1, "what is one already stays so"


def test_a_split_takes_a_name_out_and_a_later_merge_brings_it_back() -> None:
    documents = [*PEOPLE, person("Ada K. Marsh")]
    plain = Linked(documents)
    assert plain.id_of("Ada K. Marsh") == plain.id_of("Ada Marsh")
    rule = split(plain, "Ada Marsh", "ada k marsh", 1)
    apart = Linked(documents, [rule])
    assert apart.id_of("Ada K. Marsh") != apart.id_of("Ada Marsh") == plain.id_of("Ada Marsh")
    assert apart.row("Ada K. Marsh").name == "Ada K. Marsh"
    again = Linked(documents, [rule, merge(apart, "Ada Marsh", "Ada K. Marsh", 2)])
    assert again.id_of("Ada K. Marsh") == plain.id_of("Ada Marsh")


def test_a_split_undoes_an_earlier_merge() -> None:
    plain = Linked(PEOPLE)
    rules = [merge(plain, "Ada Marsh", "Adele Marsh", 1)]
    merged = Linked(PEOPLE, rules)
    parted = Linked(PEOPLE, [*rules, split(merged, "Ada Marsh", "Adele Marsh", 2)])
    assert parted.pairs == plain.pairs


def test_a_split_of_a_spelling_that_is_folded_like_its_entity() -> None:
    documents = [person("Sergey Tarnov"), person("Sergei Tarnov")]
    plain = Linked(documents)
    linked = Linked(documents, [split(plain, "Sergey Tarnov", "Sergei Tarnov")])
    assert linked.id_of("Sergey Tarnov") == plain.id_of("Sergey Tarnov") != linked.id_of("Sergei Tarnov")


def test_a_split_of_an_acronym() -> None:
    documents = [mentions("ORG", "NTO"), mentions("ORG", LONG, LONG, "NTO")]
    plain = Linked(documents)
    linked = Linked(documents, [split(plain, LONG, "NTO", label="ORG")])
    assert linked.id_of("NTO", 0) != linked.id_of(LONG)
    assert linked.id_of("NTO", 1) == linked.id_of(LONG), "a document that has both knows"


def test_the_same_decision_has_the_same_id() -> None:
    assert alias("a", "b").decision_id == alias("a", "b", hours=5).decision_id != alias("a", "c").decision_id


@pytest.mark.parametrize("label", ["GPE", "LOC", "FAC"])
def test_places_are_one_kind(label: str) -> None:
    linked = Linked([mentions("GPE", "Harwick"), mentions(label, "Harwick")])
    assert len(linked.rows) == 1
