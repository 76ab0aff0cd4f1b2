"""Python's collector of cycles, in processes of ours."""

import subprocess
import sys


def test_what_is_left_at_the_end_is_not_gone_through_once_more() -> None:
    code = """
import atexit, gc
gc.freeze = lambda: print("left alone")
from flows.collector import collect_rarely
collect_rarely()
atexit.register(print, "others")
print("end")
"""
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True)
    assert done.stdout.split("\n") == ["end", "others", "left alone", ""]
