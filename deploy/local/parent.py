"""Ties a program to the process that starts it."""

import ctypes
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1


def ended_with_parent(by: signal.Signals) -> Callable[[], None]:
    """A `preexec_fn` under which Linux sends the signal when the starting thread ends, however it ends.

    A session that is killed would leave its servers behind otherwise; elsewhere than on Linux it does.
    """

    def ask_linux() -> None:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, by)

    return ask_linux
