"""More articles than there are: those of the corpus with other words in them, so that none repeats another."""

import random
import re
from collections.abc import Iterator

from benchmarks.texts import texts

CORPUS_ARTICLES = 3452
EXCHANGED = 0.3
"""Share of words that give way to others: three words in a row stay the same so seldom that nothing is a near copy."""
INVENTED = 0.02
"""Share of words that no text had before."""

_WORD = re.compile(r"[^\W\d_]{3,}")


def mutated(seed: int = 1, base: int = CORPUS_ARTICLES) -> Iterator[str]:
    """Texts without end, of the lengths that articles have; always the same ones for one seed."""
    originals = texts(base)
    chance = random.Random(seed)
    words = _WORD.findall(" ".join(originals[:300]))
    pool = {True: [word for word in words if word[0].isupper()], False: [word for word in words if word[0].islower()]}

    def exchange(match: re.Match[str]) -> str:
        word, draw = match[0], chance.random()
        if draw < INVENTED:
            middle = "".join(chance.choices("aeioulnrst", k=chance.randint(3, 8)))
            return word[0] + middle
        same_case = pool[word[0].isupper()]
        return chance.choice(same_case) if draw < INVENTED + EXCHANGED and same_case else word

    while True:
        for text in originals:
            yield _WORD.sub(exchange, text)
