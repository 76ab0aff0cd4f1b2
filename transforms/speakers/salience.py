"""Who is being talked about: the entity that a pronoun most likely stands for.

One pass over the text in reading order. Each mention, and each pronoun once it is resolved, raises the salience of its
entity by a weight for its grammatical function; salience fades with every sentence. The idea is that of Lappin and
Leass (1994, "An algorithm for pronominal anaphora resolution"); the weights here are set by hand for news, where the
person quoted last and the subject of the sentence before are the likeliest.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from spacy.tokens import Token

from transforms.speakers.discourse import PERSON, Discourse
from transforms.speakers.lexicon import Pronoun, pronouns

FADING = 0.4
"""What is left of an entity's salience one sentence later."""
MEMORY = 0.6
"""Share of the faded salience that is kept when the entity is mentioned again."""
SUBJECT = 1.0
EMBEDDED_SUBJECT = 0.65
OBJECT = 0.45
POSSESSIVE = 0.3
COORDINATED = 0.9
"""The most that a name in apposition or coordination gets from the function of its head."""
OTHER = 0.4
SPEAKER = 0.3
"""Added for the source of a quotation."""
BINDER = 0.4
"""Added for the subject of a clause that holds the pronoun."""
IN_QUOTATION = 0.15
"""Factor for what is mentioned inside quotation marks: the narrator's pronouns seldom go back to it."""
NO_EVIDENCE = 0.75
"""Factor for an entity of unknown gender."""
IN_OWN_CONTENT = 0.2
"""Factor for somebody whom the quotation mentions itself: people seldom name themselves."""
UNTOLD_WORD = 0.5
"""The same for somebody known by one word only, which often is no person at all."""
SPEAKS_ON = 0.8
"""Added for who spoke last, when the cue says that somebody speaks on ("he added")."""
_WINDOW = 40
"""Entities considered for a pronoun, the last mentioned first: keeps the pass linear."""
_FORGOTTEN = 0.003
"""Salience below which nobody remembers: about six sentences after a single mention as a subject."""

SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj"})
"""Dependency labels of subjects."""
_WEIGHTS = dict.fromkeys(("dobj", "obj", "dative", "attr", "oprd"), OBJECT) | {"poss": POSSESSIVE}
_MAIN_CLAUSES = frozenset({"ROOT", "conj"})


@dataclass(frozen=True, slots=True)
class Resolution:
    """The entity of a pronoun: cluster number and how far ahead of the next best it is, from 0 to 1."""

    referent: int
    margin: float


@dataclass(slots=True)
class _Salience:
    value: float
    sentence: int
    weight: float  # of its strongest mention in that sentence


class SalienceTracker:
    """Keeps the salience of the entities of one document while it is read."""

    def __init__(self, discourse: Discourse) -> None:
        self._discourse = discourse
        self._entries: OrderedDict[int, _Salience] = OrderedDict()

    def mention(self, referent: int, sentence: int, weight: float) -> None:
        """Note a mention of ``referent``; within one sentence only the strongest mention counts."""
        entry = self._entries.get(referent)
        if entry is None:
            self._entries[referent] = _Salience(weight, sentence, weight)
        elif entry.sentence == sentence:
            entry.value += max(weight - entry.weight, 0.0)
            entry.weight = max(weight, entry.weight)
        else:
            self._entries[referent] = _Salience(MEMORY * self._faded(entry, sentence) + weight, sentence, weight)
        self._entries.move_to_end(referent)

    def salience(self, referent: int, sentence: int) -> float:
        """Salience of ``referent`` as seen from ``sentence``."""
        entry = self._entries.get(referent)
        return self._faded(entry, sentence) if entry is not None else 0.0

    def recent(self) -> list[int]:
        """The entities mentioned last, the last first."""
        return list(islice(reversed(self._entries), _WINDOW))

    def best(
        self, pronoun: Pronoun, sentence: int, content: Iterable[int] = (), bonuses: Mapping[int, float] | None = None
    ) -> Resolution | None:
        """The likeliest entity of ``pronoun``, None when none is left in memory.

        Args:
            pronoun: a third person singular pronoun.
            sentence: number of the sentence that it stands in.
            content: entities named in the quotation whose speaker it is.
            bonuses: what to add to the salience of an entity for where the pronoun stands.
        """
        named, extra = set(content), bonuses or {}
        first, second, best = 0.0, 0.0, None
        for referent in self.recent():
            score = (self.salience(referent, sentence) + extra.get(referent, 0.0)) * self._fit(pronoun, referent)
            if referent in named:
                score *= IN_OWN_CONTENT
            if score > first:
                first, second, best = score, first, referent
            elif score > second:
                second = score
        if best is None or first < _FORGOTTEN:
            return None
        return Resolution(best, 1.0 - second / first)

    def fits(self, pronoun: Pronoun, referent: int) -> bool:
        """Whether ``pronoun`` can stand for ``referent`` at all."""
        return self._fit(pronoun, referent) > 0

    def _fit(self, pronoun: Pronoun, referent: int) -> float:
        entity = self._discourse.referents[referent]
        if pronoun.gender == "n":
            return 1.0 if entity.label in {"ORG", "GPE"} else 0.0
        if entity.label != PERSON or entity.is_plural or entity.gender not in {None, pronoun.gender}:
            return 0.0
        if entity.gender is not None:
            return 1.0
        return NO_EVIDENCE if " " in entity.name else UNTOLD_WORD

    @staticmethod
    def _faded(entry: _Salience, sentence: int) -> float:
        return float(entry.value * FADING ** (sentence - entry.sentence))


def weight_of(token: Token) -> float:
    """Weight of a mention by its grammatical function, ``token`` being its head."""
    dep = token.dep_
    if dep in SUBJECTS:
        return SUBJECT if token.head.dep_ in _MAIN_CLAUSES else EMBEDDED_SUBJECT
    if dep == "attr" and any(child.dep_ == "expl" for child in token.head.lefts):
        return SUBJECT  # "there is Ada Brandt" brings her on
    if _opens_sentence(token):
        return COORDINATED
    if dep in {"appos", "conj"} and token.head.dep_ not in {"appos", "conj"}:
        return min(weight_of(token.head), COORDINATED)
    return _WEIGHTS.get(dep, OTHER)


def _opens_sentence(token: Token) -> bool:
    """Whether a name opens its sentence before a comma: the subject, whatever the parse says of long sentences."""
    after = token.i + 1
    if after == len(token.doc) or token.doc[after].text != ",":
        return False
    first = token.left_edge
    if first.i > 0 and first.nbor(-1).pos_ == "CCONJ":
        first = first.nbor(-1)
    return bool(first.is_sent_start)


def pronoun_of(token: Token) -> Pronoun | None:
    """The third person singular pronoun that ``token`` is, None when it is something else."""
    pronoun = pronouns().get(token.lower_)
    return pronoun if pronoun is not None and pronoun.is_personal else None
