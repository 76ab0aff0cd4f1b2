"""The text of a ``Doc``, at no cost where whoever made the ``Doc`` has left it there."""

from spacy.tokens import Doc

_KEY = "onrecord_text"


def keep_text(doc: Doc, text: str) -> None:
    """Leave ``text``, of which the tokenizer made ``doc``, for those who ask :func:`text_of`.

    Only for a ``Doc`` that stays in our hands: ``Span.as_doc`` would copy it to a ``Doc`` of a part of the text.
    """
    doc.user_data[_KEY] = text


def text_of(doc: Doc) -> str:
    """``doc.text``, which spaCy puts together from a new Python object for each token each time it is asked."""
    kept: str | None = doc.user_data.get(_KEY)
    return doc.text if kept is None else kept
