"""One annotated document as W3C Web Annotations (JSON-LD, https://www.w3.org/TR/annotation-model/).

Every span is an annotation of its own with two selectors of the same stretch: ``TextPositionSelector`` (code points, as
the model wants them) and ``TextQuoteSelector``. A quote points to the annotations of its speaker and its cue by bodies
with the purpose ``linking``; a speaker that is a mention in ``entities`` points on to that.
"""

from collections.abc import Sequence
from typing import Any

from transforms.records import Document, Entity, Quote

CONTEXT = ["http://www.w3.org/ns/anno.jsonld", {"onrecord": "urn:onrecord:terms#"}]
AROUND = 32
"""Code points before and after a stretch, by which it is found again in a changed text."""

_FACTS = {
    "onrecord:method": "attribution_method",
    "onrecord:confidence": "confidence",
    "onrecord:addressee": "addressee",
    "onrecord:via": "via",
}


def annotation_page(document: Document, entities: Sequence[Entity], quotes: Sequence[Quote]) -> dict[str, Any]:
    """An ``AnnotationPage``: the entities, then each quote with its speaker and cue; the text itself is the target."""
    writer = _Writer(document)
    items = [writer.entity(entity) for entity in entities]
    for quote in quotes:
        items += writer.quote(quote)
    return {
        "@context": CONTEXT,
        "id": f"urn:onrecord:document:{document.document_id}:annotations",
        "type": "AnnotationPage",
        "partOf": {"id": document.url or writer.source["id"], "type": "AnnotationCollection"},
        "items": items,
    }


class _Writer:
    def __init__(self, document: Document) -> None:
        self._text = document.text
        source = {
            "id": f"urn:onrecord:document:{document.document_id}:text",
            "type": "Text",
            "format": "text/plain",
            "language": document.language,
            # What an annotation is valid for: the text of this hash.
            "onrecord:textHash": document.text_hash,
            "onrecord:url": document.url,
        }
        self.source = {name: value for name, value in source.items() if value is not None}

    def entity(self, entity: Entity) -> dict[str, Any]:
        body = [_tag(entity.label, "tagging"), _tag(entity.canonical_name, "identifying")]
        if entity.entity_id is not None:
            body.append({"type": "SpecificResource", "source": entity.entity_id, "purpose": "identifying"})
        return self._annotation(_mention(entity.mention_id), "identifying", entity.start, entity.end, body)

    def quote(self, quote: Quote) -> list[dict[str, Any]]:
        name = f"urn:onrecord:quote:{quote.quote_id}"
        body = [_tag(str(quote.quote_type), "classifying")]
        parts = []
        if quote.speaker_start >= 0:
            body.append(_link(f"{name}:speaker", "onrecord:speaker"))
            who = [_tag(quote.speaker_canonical or quote.speaker or "", "identifying")]
            who.append(_tag(str(quote.speaker_type), "classifying"))
            if quote.speaker_mention_id is not None:
                who.append(_link(_mention(quote.speaker_mention_id), "onrecord:mention"))
            parts.append(
                self._annotation(f"{name}:speaker", "identifying", quote.speaker_start, quote.speaker_end, who)
            )
        elif quote.speaker_canonical:
            body.append(_tag(quote.speaker_canonical, "identifying"))
        if quote.cue_start >= 0:
            body.append(_link(f"{name}:cue", "onrecord:cue"))
            cue = [_tag(quote.cue_lemma or quote.cue or "", "tagging")]
            parts.append(self._annotation(f"{name}:cue", "tagging", quote.cue_start, quote.cue_end, cue))
        told = self._annotation(name, "classifying", quote.content_start, quote.content_end, body)
        facts = {term: getattr(quote, field) for term, field in _FACTS.items()}
        told |= {term: value for term, value in facts.items() if value is not None}
        return [told, *parts]

    def _annotation(
        self, name: str, motivation: str, start: int, end: int, body: Sequence[dict[str, Any]]
    ) -> dict[str, Any]:
        selectors = [
            {"type": "TextPositionSelector", "start": start, "end": end},
            {
                "type": "TextQuoteSelector",
                "exact": self._text[start:end],
                "prefix": self._text[max(0, start - AROUND) : start],
                "suffix": self._text[end : end + AROUND],
            },
        ]
        target = {"type": "SpecificResource", "source": self.source["id"], "selector": selectors}
        return {"id": name, "type": "Annotation", "motivation": motivation, "body": list(body), "target": target}


def _mention(mention_id: str) -> str:
    return f"urn:onrecord:mention:{mention_id}"


def _tag(value: str, purpose: str) -> dict[str, Any]:
    return {"type": "TextualBody", "value": value, "format": "text/plain", "purpose": purpose}


def _link(source: str, role: str) -> dict[str, Any]:
    return {"type": "SpecificResource", "source": source, "purpose": "linking", "onrecord:role": role}
