"""What the resolver looks up at once, against the same asked word by word and token by token."""

from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import Doc
from spacy.vocab import Vocab

import transforms.names.components  # noqa: F401  (declares what a Doc carries)
from transforms.names.lexicon import role_nouns
from transforms.names.roles import head_noun, nouns_of
from transforms.speakers.anaphora import Anaphora
from transforms.speakers.discourse import Discourse, _roles_in
from transforms.speakers.lexicon import pronouns, referring_words

TOKENS = st.lists(
    st.tuples(st.sampled_from(["VERB", "AUX", "NOUN"]), st.booleans(), st.booleans()), min_size=1, max_size=15
)


def test_words_that_refer_are_personal_pronouns_and_role_nouns() -> None:
    def may_refer(word: str) -> bool:
        pronoun = pronouns().get(word)
        return word in role_nouns() if pronoun is None else pronoun.is_personal

    words = {*pronouns(), *role_nouns(), "harwick"}
    assert referring_words() == {word for word in words if may_refer(word)}
    assert {"she", "minister"} <= referring_words()
    assert not {"who", "we", "harwick"} & referring_words()


@given(TOKENS)
def test_told_sentences_are_counted_as_they_are_read(tokens: list[tuple[str, bool, bool]]) -> None:
    pos, starts, quoted = zip(*tokens, strict=True)
    doc = Doc(Vocab(), words=["x"] * len(tokens), pos=list(pos), sent_starts=list(starts))
    doc._.paragraphs = [(0, len(doc.text))]
    discourse = Discourse(doc, [], [])
    discourse.quoted = bytearray(quoted)

    sentences = [sum(starts[1 : at + 1]) for at in range(len(tokens))]  # a text begins with one, marked or not
    told = {
        sentence
        for sentence, kind, inside in zip(sentences, pos, quoted, strict=True)
        if kind in ("VERB", "AUX") and not inside
    }
    expected = [sum(one <= sentence for one in told) for sentence in sentences]
    assert Anaphora(discourse, [], {})._told_sentences().tolist() == expected


@given(
    st.lists(st.sampled_from(["foreign", "minister", "of", "prime", "Quill", "ex-senator", "tenor", "."]), max_size=4)
)
def test_roles_are_remembered_as_they_are_read(words: list[str]) -> None:
    role = " ".join(words)
    expected = set(nouns_of(role)) or {head_noun(role)} - {None, ""}
    assert _roles_in(role) == _roles_in(role) == expected
