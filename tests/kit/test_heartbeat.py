"""What a container's check looks at, and what its end looks like: relay, beat and a worker as real processes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.bootstrap import SERVICES
from shared.kit.heartbeat import Heartbeat
from tests.support.servers import Database
from tests.support.waiting import wait_until

WORKER = ["celery", "-A", "services.agenda.worker", "worker", "-Q", "agenda", "--concurrency", "1"]
PROGRAMS = {
    "relay": (["shared.kit.relay"], {f"relay-{service}" for service in SERVICES}),
    "beat": (["shared.kit.beat"], {"beat"}),
    "worker": (WORKER, {"agenda-worker"}),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_process_shows_that_it_lives_and_ends_when_told(
    name: str, tmp_path: Path, database: Database, redis_url: str
) -> None:
    command, signs = PROGRAMS[name]
    environment = {**os.environ, "HEARTBEAT_DIR": str(tmp_path), "REMAP_SIGTERM": "SIGQUIT"}
    with subprocess.Popen([sys.executable, "-m", *command], env=environment) as process:
        wait_until(lambda: signs == {path.stem for path in tmp_path.iterdir()}, seconds=40)
        process.terminate()
        assert process.wait(20) == 0


def test_without_a_folder_nothing_is_written() -> None:
    Heartbeat(None, "relay").touch()
