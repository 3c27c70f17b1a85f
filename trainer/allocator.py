"""What glibc does with memory that torch gives back, for a learning process on a CPU.

By default every large tensor is mapped anew and its pages are zeroed by the kernel: a fifth of a
training step (27.4 CPU-s where it took 34.4 for 40 steps, docs/experiments.md).
"""

import ctypes
import sys

TRIM_THRESHOLD, TOP_PAD, MMAP_THRESHOLD = -1, -2, -3  # names of mallopt(3)
KEPT = 2**30
"""Bytes: what is smaller comes from the heap, and so much free heap is kept."""


def keep_freed_memory() -> None:
    """Let the process reuse what it freed; nothing where the C library is not glibc."""
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(MMAP_THRESHOLD, KEPT)
        mallopt(TRIM_THRESHOLD, 2 * KEPT - 1)
        mallopt(TOP_PAD, 2**26)
