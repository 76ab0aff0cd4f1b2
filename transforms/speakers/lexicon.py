"""The word lists of the speaker resolver, read from ``transforms/data`` once a process."""

from dataclasses import dataclass
from functools import lru_cache

from transforms.names.lexicon import gender_of, lines, role_nouns
from transforms.records import QuoteType, SpeakerType


@dataclass(frozen=True, slots=True)
class Pronoun:
    """A pronoun: person ("1", "2", "3", "r" relative, "d" demonstrative), number, gender and case of the data file."""

    person: str
    number: str
    gender: str | None
    case: str

    @property
    def is_personal(self) -> bool:
        """Whether it stands for one person or thing named elsewhere: he, she or it in any case."""
        return self.person == "3" and self.number == "s"


@lru_cache(maxsize=1)
def pronouns() -> dict[str, Pronoun]:
    """Form (lower case) → pronoun."""
    rows = (line.split("\t") for line in lines("speakers_pronouns.tsv"))
    return {form: Pronoun(person, number, gender_of(gender), case) for form, person, number, gender, case in rows}


@lru_cache(maxsize=1)
def referring_words() -> frozenset[str]:
    """Words (lower case) that can stand for somebody named elsewhere: personal pronouns and nouns for what people are.

    A word that is both counts as a pronoun.
    """
    personal = {word for word, pronoun in pronouns().items() if pronoun.is_personal}
    return frozenset(personal | (role_nouns().keys() - pronouns().keys()))


@lru_cache(maxsize=1)
def document_nouns() -> frozenset[str]:
    """Nouns (lower case, singular and plural) for texts that speak for themselves."""
    return frozenset(lines("speakers_documents.txt"))


@lru_cache(maxsize=1)
def answering_verbs() -> frozenset[str]:
    """Lemmas of verbs by which somebody answers whoever spoke before."""
    return frozenset(lines("speakers_answering.txt"))


@lru_cache(maxsize=1)
def continuing_verbs() -> frozenset[str]:
    """Lemmas of the verbs whose subject speaks on."""
    return frozenset(lines("speakers_continuing.txt"))


def confidence_of(quote_type: QuoteType, method: str, speaker_type: SpeakerType) -> float | None:
    """The measured share of quotations like this one whose stretch and source are right, None when none was counted."""
    return _confidences().get((quote_type, method, speaker_type))


@lru_cache(maxsize=1)
def _confidences() -> dict[tuple[str, str, str], float]:
    rows = (line.split("\t") for line in lines("speakers_confidence.tsv"))
    return {(kind, method, speaker): float(share) for kind, method, speaker, share, _count in rows}
