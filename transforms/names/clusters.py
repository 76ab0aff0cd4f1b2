"""Entities of one document: clusters of mentions with one representative name."""

from collections import Counter, defaultdict
from collections.abc import Container, Sequence
from dataclasses import dataclass, field

from transforms.names.drafts import Draft
from transforms.names.lexicon import Country, countries, demonyms
from transforms.names.organisations import group_organisations
from transforms.names.people import Form, group_people, name_words

_PLACES = frozenset({"GPE", "LOC", "FAC"})


@dataclass(slots=True)
class Cluster:
    """One entity of the document.

    Attributes:
        name: its representative name.
        label: the label of most of its mentions.
        members: positions of its drafts, in reading order.
        gender: "f", "m", "n", or None when nothing tells.
        roles: nouns that name what the person is ("minister"), from titles and appositions.
    """

    name: str
    label: str
    members: list[int]
    gender: str | None = None
    roles: set[str] = field(default_factory=set)


def cluster(drafts: Sequence[Draft], states: Container[int] = ()) -> list[Cluster]:
    """Group the drafts of one document into entities, in the order of their first mentions.

    Values (dates, amounts) are grouped by their text alone. Deterministic, and linear for texts of people.

    Args:
        drafts: the mentions, in reading order.
        states: positions of those that name a people and stand for its state ("the Russian government").
    """
    forms, spellings = _forms(drafts, states)
    groups: defaultdict[tuple[str, object], list[int]] = defaultdict(list)
    for kind, keys in forms.items():
        ordered = list(keys.values())
        for form, group in zip(ordered, _group(kind, ordered, spellings[kind]), strict=True):
            groups[kind, group].extend(form.positions)
    members = sorted((sorted(positions), kind) for (kind, _), positions in groups.items())
    return [_cluster(drafts, positions, kind) for positions, kind in members]


def _forms(
    drafts: Sequence[Draft], states: Container[int]
) -> tuple[dict[str, dict[tuple[str, ...], Form]], dict[str, list[str]]]:
    """Kind → words → form, and kind → a spelling of each of its forms."""
    forms: defaultdict[str, dict[tuple[str, ...], Form]] = defaultdict(dict)
    spellings: defaultdict[str, list[str]] = defaultdict(list)
    for position, draft in enumerate(drafts):
        kind = "PLACE" if position in states else _kind(draft)
        words = _words(draft, kind)
        if words not in forms[kind]:
            forms[kind][words] = Form(words)
            spellings[kind].append(draft.text)
        forms[kind][words].positions.append(position)
    return forms, spellings


def _kind(draft: Draft) -> str:
    return "PLACE" if draft.label in _PLACES else draft.label


def _words(draft: Draft, kind: str) -> tuple[str, ...]:
    if kind == "PLACE" and (country := _country(draft)) is not None:
        return name_words(country.name)
    if kind == "NORP":
        return (_singular(draft.text),)
    return name_words(draft.text) if draft.is_name else (draft.text,)


def _country(draft: Draft) -> Country | None:
    return countries().get(draft.text) or (demonyms().get(draft.text) if draft.label == "NORP" else None)


def _singular(text: str) -> str:
    """A people's or party's name without its plural ending ("Republicans" → "republican")."""
    is_plural = text.endswith("s") and not text.endswith(("ss", "us")) and (text[:-1] in demonyms() or len(text) > 4)
    return (text[:-1] if is_plural else text).casefold()


def _group(kind: str, forms: Sequence[Form], spellings: Sequence[str]) -> list[int]:
    if kind == "PERSON":
        return group_people(forms)
    if kind == "ORG":
        return group_organisations(forms, spellings)
    return list(range(len(forms)))


def _cluster(drafts: Sequence[Draft], positions: list[int], kind: str) -> Cluster:
    label = Counter(drafts[position].label for position in positions).most_common(1)[0][0]
    mentions = [drafts[position] for position in positions]
    return Cluster(_representative(mentions, is_place=kind == "PLACE"), label, positions)


def _representative(mentions: Sequence[Draft], *, is_place: bool) -> str:
    """The name to show: a country's common name; else the fullest usual spelling, capitals only where all are."""
    first = mentions[0]
    if is_place and (country := _country(first)) is not None:
        return country.name
    counts = Counter(mention.text for mention in mentions)

    def rank(text: str) -> tuple[bool, bool, int, int]:
        words = len(text.split())
        is_shouted = words > 1 and text.isupper()
        wanted = words if first.label == "ORG" else min(words, 2)
        return (not text.islower(), not is_shouted, wanted, counts[text])

    # max keeps the first of equals, and a Counter keeps the order of reading
    return " ".join(max(counts, key=rank).split())
