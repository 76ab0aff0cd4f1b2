"""Names against any file in the CoNLL column format: the model alone, ours, and ours without each of its steps.

``python -m tests.quality --ner PATH`` prints the figures; ``--steps`` those of the steps too.

- *Input*: both get the same text. The tokens are put together as a newspaper would print them (no space before a comma
  or ``'s``, none after an opening bracket), each sentence of the file on a line of its own with an empty line between,
  as paragraphs: so neither is given sentence borders or tokens that a raw article does not have. A name is right when
  its first and last character and its label are those of the gold.
- *Labels*: OntoNotes PERSON is PER; ORG is ORG; GPE, LOC and FAC are LOC. NORP, EVENT, PRODUCT, WORK_OF_ART, LAW,
  LANGUAGE and values have no counterpart and are left out, as is MISC.
- *Documents*: those that are mostly tables, sports results above all, are left out. One is prose when at least 0.6 of
  its tokens stand in sentences of six or more tokens that have a verb (a tag that begins with VB).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from itertools import chain
from pathlib import Path

import spacy
from spacy.tokens import Doc

from tests.quality.entities import CONLL, NamedText, as_conll, read_conll, score_names
from tests.quality.gold import Name
from tests.quality.report import Section, Table
from transforms.annotate.facts import model_facts
from transforms.annotate.pipeline import load
from transforms.annotate.stages import EngineOptions, stages
from transforms.evaluation.scoring import Counts
from transforms.names.components import (
    BorderSteps,
    Gazetteer,
    GazetteerSteps,
    LabelSteps,
    MentionFinder,
    NameBorders,
    NameLabels,
)

Figures = dict[str, Counts]
Step = Callable[[Doc], Doc]
_TRUECASE = "onrecord_truecase"


def conll_sections(path: Path, model: str, command: str, *, with_steps: bool) -> Iterator[Section | Table]:
    """The figures of the model alone and of ours, and the table of the steps if it is wanted."""
    texts = list(read_conll(path))
    label = model_facts(model).label
    size = f"{len(texts)} documents, {sum(len(text.text.split()) for text in texts):,} words"
    name = path.name.split(".")[0]
    raw = _score(texts, raw_names(model, texts))
    docs = _modelled(model, texts, truecase=True)
    ours = _score(texts, _resolved(docs, *_components()))
    figures = {f"{key}, model alone": counts for key, counts in raw.items()} | ours
    yield Section(f"{name}, prose", size, label, command, figures)
    if with_steps:
        yield Table(
            f"Steps of the names, {name}",
            size,
            label,
            command,
            ["without", *(f"names {label}" for label in CONLL), "names all", "its gain"],
            list(_ablation(model, texts, docs, ours)),
        )


def raw_names(model: str, texts: Sequence[NamedText]) -> list[list[Name]]:
    """The entities of the model as spaCy gives them, with nothing of ours."""
    nlp = spacy.load(model)
    docs = nlp.pipe(text.text for text in texts)
    return [[Name(entity.start_char, entity.end_char, entity.label_) for entity in doc.ents] for doc in docs]


def _modelled(model: str, texts: Sequence[NamedText], *, truecase: bool) -> list[Doc]:
    """The texts after the model, before any of the name components."""
    nlp = load(model)
    made = stages(nlp, EngineOptions())
    names = [name for name, _ in made.stages]
    upto = names.index("onrecord_name_borders")
    kept = tuple(stage for stage in made.stages[:upto] if truecase or stage[0] != _TRUECASE)
    return list(replace(made, stages=kept).pipe(text.text for text in texts))


def _components(
    borders: BorderSteps | None = None, lists: GazetteerSteps | None = None, labels: LabelSteps | None = None
) -> tuple[Step, ...]:
    return (
        NameBorders(borders or BorderSteps()),
        Gazetteer(lists or GazetteerSteps()),
        NameLabels(labels or LabelSteps()),
        MentionFinder(),
    )


def _resolved(docs: Sequence[Doc], *components: Step) -> list[list[Name]]:
    found = []
    for doc in docs:
        doc._.name_work = None
        for component in components:
            component(doc)
        found.append([Name(mention.start, mention.end, mention.label) for mention in doc._.mentions])
    return found


def _score(texts: Sequence[NamedText], names: Sequence[Sequence[Name]]) -> Figures:
    scored = [score_names(text.names, as_conll(found), CONLL) for text, found in zip(texts, names, strict=True)]
    return {f"names {label}": sum((each[label] for each in scored), Counts()) for label in (*CONLL, "all")}


def _ablation(model: str, texts: Sequence[NamedText], docs: Sequence[Doc], ours: Figures) -> Iterator[list[str]]:
    """A row for each step: the figures without it, and what it gains."""
    yield _row("nothing (all steps)", ours, ours)
    yield _row(_TRUECASE, _score(texts, _resolved(_modelled(model, texts, truecase=False), *_components())), ours)
    wholes = {
        "onrecord_name_borders": _components(borders=BorderSteps(**dict.fromkeys(asdict(BorderSteps()), False))),
        "onrecord_gazetteer": _components(lists=GazetteerSteps(**dict.fromkeys(asdict(GazetteerSteps()), False))),
        "onrecord_name_labels": _components(labels=LabelSteps(**dict.fromkeys(asdict(LabelSteps()), False))),
    }
    parts = chain(
        (
            (f"borders: {name}", _components(borders=replace(BorderSteps(), **{name: False})))
            for name in asdict(BorderSteps())
        ),
        (
            (f"gazetteer: {name}", _components(lists=replace(GazetteerSteps(), **{name: False})))
            for name in asdict(GazetteerSteps())
        ),
        (
            (f"labels: {name}", _components(labels=replace(LabelSteps(), **{name: False})))
            for name in asdict(LabelSteps())
        ),
    )
    for name, components in chain(wholes.items(), parts):
        yield _row(name, _score(texts, _resolved(docs, *components)), ours)


def _row(name: str, figures: Figures, ours: Figures) -> list[str]:
    gain = 100 * (ours["names all"].f1 - figures["names all"].f1)
    return [name, *(f"{figures[key].f1:.3f}" for key in figures), f"{gain:+.2f}"]
