"""How all arithmetic on networks is done: on one thread, without warnings, in memory that the process keeps."""

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import numpy as np
from threadpoolctl import ThreadpoolController

BLAS = ThreadpoolController()
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # of glibc's malloc.h
LARGEST_ARRAY, LARGEST_HEAP = 2**25, 2**28  # bytes; 2**25 is as much as some versions of glibc take


@contextmanager
def quiet_single_thread() -> Iterator[None]:
    """One BLAS thread, and no warning of an overflow, which is a result here.

    Threads inside a product of small matrices cost more than they bring, and may change bits: cores go to processes.
    """
    keep_memory()
    with BLAS.limit(limits=1, user_api="blas"), np.errstate(all="ignore"):
        yield


@cache
def keep_memory() -> None:
    """Let glibc keep the memory of large arrays. It would give each back at once, and getting it again for the next
    epoch costs more than the arithmetic on it. On other systems nothing is done, and large stacks are slower."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if os.name == "posix" else None
    if mallopt:
        mallopt(M_MMAP_THRESHOLD, LARGEST_ARRAY)
        mallopt(M_TRIM_THRESHOLD, LARGEST_HEAP)
