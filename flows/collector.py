"""How often Python looks for cycles of objects that nobody holds any more."""

import atexit
import gc


def collect_rarely() -> None:
    """Let the collector run after 50,000 new objects instead of 700: call it first in a process of ours.

    Imports, models and tables are millions of objects that all stay; to go through them again and again was a fifth of
    the server's start, a tenth of the others' and 3 % of an annotation (CPU). Few cycles come into being meanwhile.
    At the end of the process they are left alone: to look for cycles among them once more took half a second.
    """
    gc.set_threshold(50_000, 20, 100)
    atexit.register(gc.freeze)  # registered first, so it is called last: the end of Python goes through them once more
