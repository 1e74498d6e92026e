import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from deploy.local import leftovers
from deploy.local.leftovers import MARK, Record, end_leftovers, new_mark


@contextmanager
def sleeper(mark: str | None) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, **({MARK: mark} if mark else {})}
    with subprocess.Popen(["sleep", "60"], env=environment) as process:
        yield process
        process.kill()


@pytest.fixture
def var(tmp_path: Path) -> Path:
    (tmp_path / "run").mkdir()
    return tmp_path


def a_record(mark: str, supervisor: int = 0) -> Record:
    return Record(mark, supervisor, postgres_data="/nowhere")


def test_a_process_of_the_killed_run_is_ended(var: Path) -> None:
    mark = new_mark()
    with sleeper(mark) as process:
        leftovers.note(var, a_record(mark))
        assert end_leftovers(var) == [process.pid]
        assert not psutil.pid_exists(process.pid)


def test_a_process_of_another_stack_is_left_alone(var: Path) -> None:
    with sleeper(new_mark()) as process:
        leftovers.note(var, a_record(new_mark()))
        assert end_leftovers(var) == []
        assert process.poll() is None


def test_a_recorded_number_that_belongs_to_somebody_else_by_now_is_left_alone(var: Path) -> None:
    with sleeper(mark=None) as process:
        leftovers.note(var, a_record(new_mark(), supervisor=process.pid))
        assert end_leftovers(var) == []
        assert process.poll() is None


def test_nothing_is_searched_for_where_no_stack_was_started(var: Path) -> None:
    assert end_leftovers(var) == []
