"""The quote matcher on any text under any parse: what must hold however odd both are.

An input is ``CHOICES NUL TEXT``. Three bytes of CHOICES a token, taken in turn, choose its tag, its dependency label
and its head; without them a parse is guessed from the words, which is wrong but of the usual shape. So the rules behind
the parse are reached without a model.
"""

from itertools import pairwise

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from transforms.annotate.rows import RowContext, entity_rows, quote_rows
from transforms.names.positions import Positions
from transforms.normalise.paragraphs import paragraphs
from transforms.quotes.lexicon import cue_verbs
from transforms.quotes.marks import QuotedRegion, quoted_regions
from transforms.quotes.turns import spoken_lines, with_turns

CONTEXT = RowContext("d", "any parse", "0", None)
COMPONENTS = ("onrecord_mentions", "onrecord_quotes", "onrecord_speakers")
_DEPS = [
    "nsubj",
    "nsubjpass",
    "csubj",
    "expl",
    "ccomp",
    "xcomp",
    "dobj",
    "dative",
    "mark",
    "advcl",
    "relcl",
    "acl",
    "prep",
    "pobj",
    "pcomp",
    "attr",
    "acomp",
    "oprd",
    "conj",
    "cc",
    "appos",
    "compound",
    "poss",
    "case",
    "det",
    "amod",
    "aux",
    "auxpass",
    "agent",
    "neg",
    "npadvmod",
    "advmod",
    "nummod",
    "parataxis",
    "prt",
    "intj",
    "meta",
    "punct",
    "dep",
    "ROOT",
]
_POS = {
    **dict.fromkeys(("VBD", "VBZ", "VBP", "VBN", "VBG", "VB"), "VERB"),
    **dict.fromkeys(("NN", "NNS"), "NOUN"),
    **dict.fromkeys(("NNP", "NNPS"), "PROPN"),
    **dict.fromkeys(("PRP", "WP", "EX"), "PRON"),
    **dict.fromkeys((",", ".", ":", "HYPH", "``", "''", "-LRB-", "-RRB-"), "PUNCT"),
    **{"MD": "AUX", "PRP$": "PRON", "DT": "DET", "WDT": "DET", "IN": "ADP", "TO": "PART", "POS": "PART", "RP": "ADP"},
    **{"WRB": "ADV", "RB": "ADV", "JJ": "ADJ", "CD": "NUM", "CC": "CCONJ", "UH": "INTJ", "_SP": "SPACE"},
}
_TAGS = tuple(_POS)
_WORD_TAGS = {
    **dict.fromkeys(("he", "she", "they", "it", "we", "i", "who"), "PRP"),
    **dict.fromkeys(("the", "a", "an", "his", "her"), "DT"),
    **dict.fromkeys(("that", "of", "in", "to", "at", "for", "by"), "IN"),
    **dict.fromkeys(("is", "was", "were", "are", "has", "had", "would", "will"), "VBD"),
    **{",": ",", ".": ".", "!": ".", "?": ".", ":": ":", "–": ":", "—": ":", "and": "CC", "not": "RB"},
}
_STOPS = frozenset(".!?")


def pipeline() -> Language:
    """Our components behind a blank tokenizer."""
    nlp = spacy.blank("en")
    for name in COMPONENTS:
        nlp.add_pipe(name)
    return nlp


def check_quotes(nlp: Language, data: bytes) -> None:
    """Read an input and find its quotations. Raises AssertionError where a promise is broken."""
    choices, mark, rest = data.partition(b"\0")
    text = (rest if mark else data).decode("utf-8", "replace")
    stretches = paragraphs(text)
    check_regions(text, stretches)
    with nlp.memory_zone():
        doc = invented_parse(nlp, text, choices if mark else b"", stretches)
        for _, component in nlp.pipeline:
            doc = component(doc)
        check_doc(doc, text)


def check_regions(text: str, stretches: list[tuple[int, int]]) -> None:
    """The first layer: no region crosses a paragraph or another one."""
    regions = quoted_regions(text, stretches)
    for found in (regions, with_turns(regions, spoken_lines(text, stretches))):
        for region in found:
            check_region(region, stretches)
        for before, after in pairwise(found):
            assert before.end <= after.start, (before, after)


def check_region(region: QuotedRegion, stretches: list[tuple[int, int]]) -> None:
    low, high = stretches[region.paragraph]
    assert low <= region.start <= region.inner_start < region.inner_end <= region.end <= high, region
    for part in region.parts:
        assert region.start <= part.start < part.end <= region.end, region
    if region.label is not None:
        assert low <= region.label.start < region.label.end <= region.start, region


def check_doc(doc: Doc, text: str) -> None:
    """The rows of a document: true offsets, in order, without overlap, with values that can be stored."""
    positions = Positions(doc)
    entities, quotes = (rows(doc, text, CONTEXT, positions) for rows in (entity_rows, quote_rows))
    for entity in entities:
        assert text[entity.start : entity.end] == entity.text, entity
        assert entity.text.strip(), entity
    for quote in quotes:
        start, end = quote.content_start, quote.content_end
        assert 0 <= start < end <= len(text), quote
        assert text[start:end] == quote.content, quote
        assert quote.content == quote.content.strip(), quote
        assert 0 <= quote.confidence <= 1, quote
        for part in quote.quoted_parts:
            assert start <= part.start < part.end <= end, quote
        for value, low, high in (
            (quote.cue, quote.cue_start, quote.cue_end),
            (quote.speaker, quote.speaker_start, quote.speaker_end),
        ):
            assert (value is None and (low, high) == (-1, -1)) or text[low:high] == value, quote
        for value in (quote.speaker_canonical, quote.addressee, quote.via):
            (value or "").encode("utf-8")
    known = {entity.mention_id for entity in entities}
    assert all(quote.speaker_mention_id is None or quote.speaker_mention_id in known for quote in quotes)
    for before, after in pairwise(quotes):
        assert before.content_end <= after.content_start, (before, after)
    for before, after in pairwise(entities):
        assert before.end <= after.start, (before, after)


def invented_parse(nlp: Language, text: str, choices: bytes, stretches: list[tuple[int, int]]) -> Doc:
    """The text with tags, a tree a sentence and names, all of them chosen by ``choices`` or guessed from the words."""
    bare = nlp.make_doc(text)
    words = [token.text for token in bare]
    tags = [tag_of(word, choices[3 * i % len(choices)] if choices else None) for i, word in enumerate(words)]
    heads, deps = list(range(len(words))), ["ROOT"] * len(words)
    begin = {start for start, _ in stretches}
    starts = [i for i, token in enumerate(bare) if i == 0 or token.idx in begin or words[i - 1] in _STOPS]
    for low, high in pairwise([*starts, len(words)]):
        grow_tree(low, high, tags, choices, heads, deps)
    doc = (
        Doc(
            nlp.vocab,
            words=words,
            spaces=[bool(token.whitespace_) for token in bare],
            tags=tags,
            pos=[_POS[tag] for tag in tags],
            heads=heads,
            deps=deps,
            ents=names_of(tags),
        )
        if words
        else bare
    )
    doc._.paragraphs = stretches
    return doc


def tag_of(word: str, choice: int | None) -> str:
    if choice is not None and choice < len(_TAGS):
        return _TAGS[choice]
    lower = word.lower()
    if lower in cue_verbs():
        return "VBD"
    if word[:1].isupper():
        return "NNP"
    return _WORD_TAGS.get(lower) or ("_SP" if word.isspace() else "NN" if word[:1].isalnum() else "''")


def grow_tree(low: int, high: int, tags: list[str], choices: bytes, heads: list[int], deps: list[str]) -> None:
    """Every token hangs on one nearer to the root of its sentence: any such tree, and never a circle."""
    verbs = [i for i in range(low, high) if tags[i].startswith("VB")]
    root = verbs[0] if verbs else low
    if choices:
        root = low + choices[low % len(choices)] % (high - low)
    for i in range(low, high):
        if i == root:
            continue
        away = abs(root - i)
        label, step = (choices[(3 * i + k) % len(choices)] if choices else -1 for k in (1, 2))
        heads[i] = i + (1 + step % away if choices else away) * (1 if root > i else -1)
        usual = "punct" if tags[i] in ("''", ",", ".", ":") else "nsubj" if i < root else "dobj"
        later_verb = tags[i].startswith("VB") and i > root
        deps[i] = _DEPS[label % (len(_DEPS) - 1)] if choices else "ccomp" if later_verb else usual
        if not choices and tags[i : i + 2] == ["NNP", "NNP"] and i + 1 < high:
            heads[i], deps[i] = i + 1, "compound"


def names_of(tags: list[str]) -> list[str]:
    """Runs of proper nouns as people, every third of them as an organisation."""
    found, runs = [], 0
    for i, tag in enumerate(tags):
        name = tag in ("NNP", "NNPS")
        begins = name and (i == 0 or found[-1] == "O")
        runs += begins
        label = "ORG" if runs % 3 == 0 else "PERSON"
        found.append(f"{'B' if begins else 'I'}-{label}" if name else "O")
    return found
