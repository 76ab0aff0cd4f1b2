"""Errors of the pure layer: each carries its facts, a remedy, and whether another attempt could succeed.

A *record* that cannot become a document is not an exception but a :class:`transforms.records.Reject`;
these classes are for what stops a whole call.
"""


class OnrecordError(Exception):
    """Base of the errors raised by ``transforms``.

    Attributes:
        remedy: one sentence that says what the user can do about it.
        retryable: whether the same call may succeed later without a change to its input.
    """

    retryable: bool = False

    def __init__(self, message: str, *, remedy: str) -> None:
        super().__init__(f"{message} {remedy}")
        self.remedy = remedy


class ModelNotInstalledError(OnrecordError):
    """The spaCy pipeline named by the options is not installed."""

    def __init__(self, model: str) -> None:
        super().__init__(
            f"The spaCy pipeline {model!r} is not installed in this environment.",
            remedy=f"Install the package that provides {model!r}, or choose an installed pipeline with --model.",
        )
        self.model = model


class NoGpuError(OnrecordError):
    """A GPU was asked for, and spaCy finds none that it can use."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"There is no GPU that spaCy can use: {why.rstrip('.')}.",
            remedy="Leave out --gpu, or install CuPy for the CUDA version of this machine's GPU, "
            "such as spacy[cuda12x].",
        )
        self.why = why


class UnknownFormatError(OnrecordError):
    """A format was asked for by a name that no reader has."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(f"There is no reader called {name!r}.", remedy=f"Known readers: {', '.join(known)}.")
        self.name = name
        self.known = known


class UnknownEngineError(OnrecordError):
    """The engine was asked for something that it cannot do."""

    def __init__(self, word: str, known: tuple[str, ...]) -> None:
        super().__init__(f"The engine knows no {word!r}.", remedy=f"Words that it knows: {', '.join(known)}.")
        self.word = word
        self.known = known
