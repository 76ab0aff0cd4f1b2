"""The words that switch the engine's tricks; apart from the engine, which imports spaCy."""

from typing import Any

KERNELS = ("tok2vec", "parser", "ner", "attribute_ruler")
"""Components that have a kernel."""

ENGINE_WORDS: dict[str, dict[str, Any]] = {
    "fast": {},
    "plain": {**dict.fromkeys(KERNELS, False), "leave_out": ()},
    "keep-all": {"leave_out": ()},
    "no-truecase": {"truecase": False},
    **{f"no-{kernel.replace('_', '-')}": {kernel: False} for kernel in KERNELS},
    # The kernels compute on the processor; what the model computes on the GPU is left to spaCy.
    "gpu": {"gpu": True, "tok2vec": False, "parser": False, "ner": False},
    **{name: {"backend": name} for name in ("auto", "openblas", "blis")},
}
"""Each word with the fields of :class:`transforms.annotate.stages.EngineOptions` that it sets."""


def engine_words(text: str) -> list[str]:
    """The words of a list with commas between; underscores count as hyphens."""
    return [word for part in text.split(",") if (word := part.strip().replace("_", "-"))]
