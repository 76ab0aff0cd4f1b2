"""The spaCy component that decides who speaks.

It stands last, after ``onrecord_mentions`` and a component that sets ``doc._.quotes``::

    nlp.add_pipe("onrecord_speakers", last=True)
"""

from spacy.language import Language
from spacy.tokens import Doc

from transforms.speakers.resolve import resolve_speakers

if not Doc.has_extension("quotes"):
    Doc.set_extension("quotes", default=None)


class SpeakerResolver:
    """Resolves the speakers of ``doc._.quotes`` (``list[QuoteSpan]``) in place."""

    def __call__(self, doc: Doc) -> Doc:
        """Resolve the speakers of ``doc``, which needs mentions, quotes and a parse."""
        resolve_speakers(doc)
        return doc


@Language.factory(
    "onrecord_speakers",
    requires=["doc._.mentions", "doc._.quotes", "token.dep"],
    assigns=["doc._.quotes"],
)
def make_speakers(nlp: Language, name: str) -> SpeakerResolver:  # noqa: ARG001  (spaCy passes both)
    """Build the ``onrecord_speakers`` component."""
    return SpeakerResolver()
