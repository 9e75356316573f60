"""Memory of a process that lives long and has many threads: what is freed, and what stays."""

import ctypes
import gc

_M_ARENA_MAX = -8


def share_freed_memory() -> None:
    """Let all threads use the same few pools of freed memory; call it before they are started.

    By default glibc gives every other thread a pool of its own, which keeps what was freed in it:
    with ten calls that was half of what they seemed to need. Elsewhere than on glibc nothing
    is done.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 2)


def spare_what_stays() -> None:
    """Let the collector of garbage pass over all that is there now; call it once all is loaded.

    Rasa and TensorFlow make millions of objects that stay to the end. Looking through them stops
    every thread for a second, again and again: callers heard that.
    """
    gc.collect()
    gc.freeze()
