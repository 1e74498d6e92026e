"""Files of papers: whole or not there, and nothing half written for long."""

import os
import signal
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from services.certificates.runs.files import ABANDONED, drop_abandoned, read, store
from services.certificates.runtime import settings
from shared.kit.clock import utc_now

NAME = "files/paper.pdf"


@pytest.fixture
def killed_while_writing() -> Callable[[str], None]:
    """A process that writes this paper and ends with -9 before the file has its name."""

    def write(name: str) -> None:
        child = os.fork()
        if not child:
            Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[method-assign,assignment]  # Of the child alone.
            try:
                store(name, b"Half a list of names")
            finally:
                os._exit(1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL

    return write


def unfinished() -> list[Path]:
    return list((settings.documents_dir / NAME).parent.glob(".*"))


def test_what_a_killed_process_had_begun_is_gone_after_an_hour(
    killed_while_writing: Callable[[str], None],
) -> None:
    store(NAME, b"whole")
    killed_while_writing(NAME)
    drop_abandoned(utc_now())
    assert (read(NAME), len(unfinished())) == (b"whole", 1)
    drop_abandoned(utc_now() + ABANDONED + timedelta(seconds=1))
    assert (read(NAME), unfinished()) == (b"whole", [])
