"""Entities of one document: clusters of mentions with one representative name."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from transforms.names.drafts import Draft
from transforms.names.lexicon import countries, demonyms
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


def cluster(drafts: Sequence[Draft]) -> list[Cluster]:
    """Group the drafts of one document into entities, in the order of their first mentions.

    Values (dates, amounts) are grouped by their text alone. Deterministic, and linear for texts of people.
    """
    forms, spellings = _forms(drafts)
    groups: defaultdict[tuple[str, object], list[int]] = defaultdict(list)
    for kind, keys in forms.items():
        ordered = list(keys.values())
        for form, group in zip(ordered, _group(kind, ordered, spellings[kind]), strict=True):
            groups[kind, group].extend(form.positions)
    members = sorted(sorted(positions) for positions in groups.values())
    return [_cluster(drafts, positions) for positions in members]


def _forms(
    drafts: Sequence[Draft],
) -> tuple[dict[str, dict[tuple[str, ...], Form]], dict[str, list[str]]]:
    """Kind → words → form, and kind → a spelling of each of its forms."""
    forms: defaultdict[str, dict[tuple[str, ...], Form]] = defaultdict(dict)
    spellings: defaultdict[str, list[str]] = defaultdict(list)
    for position, draft in enumerate(drafts):
        kind = _kind(draft)
        words = _words(draft, kind)
        if words not in forms[kind]:
            forms[kind][words] = Form(words)
            spellings[kind].append(draft.text)
        forms[kind][words].positions.append(position)
    return forms, spellings


def _kind(draft: Draft) -> str:
    return "PLACE" if draft.label in _PLACES else draft.label


def _words(draft: Draft, kind: str) -> tuple[str, ...]:
    if kind == "PLACE" and (country := countries().get(draft.text)) is not None:
        return name_words(country.name)
    if kind == "NORP":
        return (_singular(draft.text),)
    return name_words(draft.text) if draft.is_name else (draft.text,)


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


def _cluster(drafts: Sequence[Draft], positions: list[int]) -> Cluster:
    label = Counter(drafts[position].label for position in positions).most_common(1)[0][0]
    return Cluster(_representative([drafts[position] for position in positions]), label, positions)


def _representative(mentions: Sequence[Draft]) -> str:
    """The name to show: a country's common name; else the fullest usual spelling, capitals only where all are."""
    first = mentions[0]
    if first.label in _PLACES and (country := countries().get(first.text)) is not None:
        return country.name
    counts = Counter(mention.text for mention in mentions)

    def rank(text: str) -> tuple[bool, bool, int, int]:
        words = len(text.split())
        is_shouted = words > 1 and text.isupper()
        wanted = words if first.label == "ORG" else min(words, 2)
        return (not text.islower(), not is_shouted, wanted, counts[text])

    # max keeps the first of equals, and a Counter keeps the order of reading
    return " ".join(max(counts, key=rank).split())
