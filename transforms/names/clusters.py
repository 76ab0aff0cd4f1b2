"""Entities of one document: clusters of mentions with one representative name."""

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field

from transforms.names.drafts import Draft
from transforms.names.lexicon import Country, countries, demonyms
from transforms.names.organisations import group_organisations
from transforms.names.people import Form, group_people, name_words

_PLACES = frozenset({"GPE", "LOC", "FAC"})
_PLACE = "PLACE"
"""Kind of what has one of these labels; of anything else, its label is its kind."""


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
    members = [
        (positions, kind)
        for kind, keys in forms.items()
        for positions in _grouped(kind, list(keys.values()), spellings[kind])
    ]
    members.sort()
    return [_cluster([drafts[position] for position in positions], positions, kind) for positions, kind in members]


def _forms(
    drafts: Sequence[Draft], states: Container[int]
) -> tuple[dict[str, dict[tuple[str, ...], Form]], dict[str, list[str]]]:
    """Kind → words → form, and kind → a spelling of each of its forms."""
    forms: defaultdict[str, dict[tuple[str, ...], Form]] = defaultdict(dict)
    spellings: defaultdict[str, list[str]] = defaultdict(list)
    for position, draft in enumerate(drafts):
        kind = _PLACE if position in states else _kind(draft)
        words = _words(draft, kind)
        of_kind = forms[kind]
        if words in of_kind:
            of_kind[words].positions.append(position)
        else:
            of_kind[words] = Form(words, [position])
            spellings[kind].append(draft.text)
    return forms, spellings


def _kind(draft: Draft) -> str:
    return _PLACE if draft.label in _PLACES else draft.label


def _words(draft: Draft, kind: str) -> tuple[str, ...]:
    if kind == _PLACE and (country := _country(draft)) is not None:
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


def _grouped(kind: str, forms: Sequence[Form], spellings: Sequence[str]) -> Iterable[list[int]]:
    """The positions of each entity, in reading order."""
    if kind == "PERSON":
        groups = group_people(forms)
    elif kind == "ORG":
        groups = group_organisations(forms, spellings)
    else:
        return [form.positions for form in forms]
    entities: defaultdict[int, list[int]] = defaultdict(list)
    for form, group in zip(forms, groups, strict=True):
        entities[group] += form.positions
    return map(sorted, entities.values())


def _cluster(mentions: Sequence[Draft], positions: list[int], kind: str) -> Cluster:
    is_place = kind == _PLACE
    # Only places are of several labels; most entities have one mention, for which a count says nothing.
    label = Counter(mention.label for mention in mentions).most_common(1)[0][0] if is_place else kind
    return Cluster(_representative(mentions, is_place=is_place), label, positions)


def _representative(mentions: Sequence[Draft], *, is_place: bool) -> str:
    """The name to show: a country's common name; else the fullest usual spelling, capitals only where all are."""
    first = mentions[0]
    if is_place and (country := _country(first)) is not None:
        return country.name
    counts = Counter([mention.text for mention in mentions]) if len(mentions) > 1 else {first.text: 1}
    if len(counts) == 1:
        return " ".join(first.text.split())

    def rank(text: str) -> tuple[bool, bool, int, int]:
        words = len(text.split())
        is_shouted = words > 1 and text.isupper()
        wanted = words if first.label == "ORG" else min(words, 2)
        return (not text.islower(), not is_shouted, wanted, counts[text])

    # max keeps the first of equals, and a Counter keeps the order of reading
    return " ".join(max(counts, key=rank).split())
