"""Whom a definite noun phrase stands for: "the minister" a person, "the institute" a body, "her lawyer" somebody's.

Who was introduced with the noun comes first, then who was introduced with a narrower one (a senator is a lawmaker).
Where two fit, the phrase stands for the one talked about, if the other is hardly talked about; else for nobody.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from spacy.tokens import Token

from transforms.names.lexicon import bodies, body_words, role_nouns
from transforms.speakers.discourse import Discourse, epithets_of
from transforms.speakers.salience import SalienceTracker

_ARTICLES = frozenset({"the", "this", "that"})
_SINGULAR = frozenset({"NN", "NNP"})
_RIVAL_SALIENCE = 0.5
"""A phrase that fits two stands for the one talked about only if the other has less than this share of it."""
_LEAD = 2
"""Paragraphs at the start of an article in which "a lorry driver" may be somebody who is named later."""
_UNTIL_NAMED = 1200
"""Tokens within which somebody introduced in the lead is named."""

_MOST_CANDIDATES = 40
"""Entities looked at for a phrase, the last introduced first: keeps the pass linear."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Where a phrase stands: the document, and how much each entity is talked about there.

    Attributes:
        discourse: the document.
        tracker: the salience of its entities so far.
        sentence: number of the narrator's sentence.
    """

    discourse: Discourse
    tracker: SalienceTracker
    sentence: int

    def salience(self, number: int) -> float:
        """How much an entity is talked about."""
        return self.tracker.salience(number, self.sentence)


def holder_of(scene: Scene, head: Token) -> int | None:
    """The entity that a singular noun phrase stands for, None when nobody or more than one may be meant."""
    if head.tag_ not in _SINGULAR or _is_part_of_name(head):
        return None
    kind = _definiteness(head)
    if kind == "the":
        candidates = [_person(scene, head), _body(scene, head), _named_later(scene.discourse, head)]
        return next((number for number in candidates if number is not None), None)
    if kind == "poss":
        person = _only(_exact(scene, head))
        return person if person is not None else _body(scene, head)
    return _named_later(scene.discourse, head) if kind == "a" else None


def holder_in_passing(scene: Scene, head: Token) -> int | None:
    """The person whom a subject such as "the actor" stands for, where the very noun was said of one only.

    A noun with an adjective ("the former president") may be somebody else.
    """
    if head.tag_ not in _SINGULAR or _definiteness(head) != "the" or sum(1 for _ in head.lefts) > 1:
        return None
    return _only(_exact(scene, head))


def _person(scene: Scene, head: Token) -> int | None:
    return _most_salient(scene, _exact(scene, head) or _introduced(scene, head, scene.discourse.by_wider_role))


def _exact(scene: Scene, head: Token) -> list[int]:
    return _introduced(scene, head, scene.discourse.by_role)


def _introduced(scene: Scene, head: Token, by_noun: Mapping[str, Sequence[int]]) -> list[int]:
    """People with a role who are named before, and whose role "the Florida senator" does not contradict."""
    epithets = epithets_of(token.text for token in head.lefts)
    found = {number for noun in _nouns(head) for number in _before(scene.discourse, by_noun.get(noun, ()), head)}
    referents = scene.discourse.referents
    return [
        number
        for number in sorted(found)
        if not epithets or not referents[number].epithets or epithets & referents[number].epithets
    ]


def _before(discourse: Discourse, numbers: Sequence[int], head: Token) -> Sequence[int]:
    """Those introduced before ``head``, the last ones only; entities are numbered in the order of introduction."""
    end = bisect_left(numbers, head.i, key=lambda number: discourse.referents[number].first_token)
    return numbers[max(end - _MOST_CANDIDATES, 0) : end]


def _named_later(discourse: Discourse, head: Token) -> int | None:
    """The one person with this role, named further down: leads say "a lorry driver" first."""
    if discourse.paragraph_of(head) >= _LEAD or head.lower_ not in role_nouns():
        return None
    named = _only(discourse.by_role.get(head.lower_, []))
    if named is None or not head.i < discourse.referents[named].first_token < head.i + _UNTIL_NAMED:
        return None
    return named


def _body(scene: Scene, head: Token) -> int | None:
    """The organisation that "the institute" or "the company" stands for."""
    noun, discourse = head.lower_, scene.discourse
    words = bodies().get(noun)
    if words is None:
        return None
    told = list(_before(discourse, discourse.by_role.get(noun, ()), head))
    same = told or list(_before(discourse, discourse.by_name_word.get(noun, ()), head))
    fitting = same or sorted(
        {n for word in words for n in _before(discourse, discourse.by_name_word.get(word, ()), head)}
    )
    if fitting or "*" not in words:
        return _most_salient(scene, fitting)
    return _most_salient(scene, [number for number in scene.tracker.recent() if _is_unclaimed(discourse, number)])


def _is_unclaimed(discourse: Discourse, number: int) -> bool:
    referent = discourse.referents[number]
    return referent.label == "ORG" and not referent.roles and body_words().isdisjoint(referent.words)


def _definiteness(head: Token) -> str | None:
    """``"the"``, ``"poss"`` or ``"a"`` by what the phrase begins with, None for anything else."""
    for child in head.lefts:
        if child.dep_ == "poss":
            return "poss"
    for child in head.lefts:
        if child.lower_ in _ARTICLES:
            return "the"
        if child.lower_ in {"a", "an"}:
            return "a"
    return None


def _is_part_of_name(head: Token) -> bool:
    """Whether a capitalised title is the end of a name ("the Harwick Union Leader")."""
    return head.text[:1].isupper() and any(child.dep_ == "compound" for child in head.lefts)


def _nouns(head: Token) -> Iterator[str]:
    """The head noun alone and with the word before it: "minister", "foreign minister"."""
    if head.i > 0:
        compound = f"{head.nbor(-1).lower_} {head.lower_}"
        if compound in role_nouns():
            yield compound
            if head.lower_ not in role_nouns()[compound].wider:
                return
    yield head.lower_


def _only(numbers: list[int]) -> int | None:
    return numbers[0] if len(numbers) == 1 else None


def _most_salient(scene: Scene, candidates: list[int]) -> int | None:
    ranked = sorted(candidates, key=lambda number: -scene.salience(number))
    if len(ranked) < 2:
        return ranked[0] if ranked else None
    first, second = scene.salience(ranked[0]), scene.salience(ranked[1])
    return ranked[0] if second < first * _RIVAL_SALIENCE else None
