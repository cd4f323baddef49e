"""A process that lives no longer than whoever started it."""

import ctypes
import signal
import sys

PR_SET_PDEATHSIG = 1
"""From <sys/prctl.h>: the kernel sends a signal to a process when whoever started it is gone, even by SIGKILL."""

_LIBC = ctypes.CDLL(None)
"""Loaded here: nothing may be loaded between a fork and the program that follows it."""


def die_with_parent() -> None:
    """Has this process killed when the thread that started it is gone. Runs in the new process, before its program or
    as the first thing in it. Only Linux can do it: elsewhere nothing happens, and whoever reads its standard input sees
    that end."""
    if sys.platform == "linux":
        _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
