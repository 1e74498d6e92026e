"""Python imports this by itself in each process that has this folder on its PYTHONPATH: those of a stack under test."""

import sys

PROGRAMS = ("celery", "shared.kit.relay", "shared.kit.beat", "uvicorn")

if any(name in sys.orig_argv for name in PROGRAMS):
    from tests.faults import rig

    rig.install()
