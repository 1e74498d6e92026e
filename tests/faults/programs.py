"""Which program of the stack this process is, and where a test leaves its orders for it."""

import os
import re
import sys
from functools import cache
from pathlib import Path


def folder() -> Path:
    return Path(os.environ["FAULTS_RIG"])


@cache
def program() -> str:
    """This process's program, as the supervisor calls it."""
    arguments = " ".join(sys.orig_argv)
    if service := re.search(r"services\.(\w+)\.(main|worker)", arguments):
        return f"{service[1]}-{'web' if service[2] == 'main' else 'worker'}"
    return "relay" if "shared.kit.relay" in arguments else "beat"
