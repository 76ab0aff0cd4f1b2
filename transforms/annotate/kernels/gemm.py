"""Which matrix multiplication to use: measured once a process, since it depends on the processor and on the wheels."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Gemm = Callable[[Floats, Floats, Floats], object]
"""``gemm(a, b, out)``: ``out = a @ b`` for C-contiguous float32 matrices."""

_ROWS, _INNER, _COLUMNS = 512, 288, 288  # the shape of one layer of a small model on one block
_REPEATS = 5


def parameter(node: Any, name: str) -> Floats:
    """A layer's weights as the array that they are; thinc types them by their number of dimensions."""
    weights: Floats = node.get_param(name)
    return weights


@dataclass(frozen=True, slots=True)
class Backend:
    """A matrix multiplication and how fast it was here.

    Attributes:
        name: ``openblas`` (numpy's own library, whichever that is) or ``blis`` (the one that thinc brings).
        gemm: the function.
        gflops: billions of floating point operations a second in the measurement.
    """

    name: str
    gemm: Gemm
    gflops: float


def numpy_gemm(a: Floats, b: Floats, out: Floats) -> object:
    """With the library that numpy was built with; its wheels bring OpenBLAS."""
    return np.matmul(a, b, out=out)


def blis_gemm(a: Floats, b: Floats, out: Floats) -> object:
    """With BLIS, which thinc uses by default."""
    from blis.py import gemm  # noqa: PLC0415  only where it is measured or chosen

    return gemm(a, b, out=out, beta=0.0)  # its default adds to what is there


_KNOWN: dict[str, Gemm] = {"openblas": numpy_gemm, "blis": blis_gemm}


@lru_cache(maxsize=4)
def backend(name: str = "auto") -> Backend:
    """The matrix multiplication called ``name``; ``auto`` takes the faster one, by a measurement of some milliseconds.

    Raises:
        KeyError: there is none of that name.
    """
    if name != "auto":
        return Backend(name, _KNOWN[name], _gflops(_KNOWN[name]))
    return max((backend(known) for known in _KNOWN), key=lambda candidate: candidate.gflops)


def _gflops(gemm: Gemm) -> float:
    """The best of a few runs: what disturbs a run only ever makes it slower."""
    random = np.random.default_rng(0)
    a = random.random((_ROWS, _INNER), dtype=np.float32)
    b = random.random((_INNER, _COLUMNS), dtype=np.float32)
    out = np.empty((_ROWS, _COLUMNS), dtype=np.float32)
    gemm(a, b, out)
    seconds = []
    for _ in range(_REPEATS):
        begin = time.perf_counter()
        gemm(a, b, out)
        seconds.append(time.perf_counter() - begin)
    return 2e-9 * _ROWS * _INNER * _COLUMNS / min(seconds)
