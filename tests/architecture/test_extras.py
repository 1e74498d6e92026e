"""An image holds one service: it must run with that service's extra, `shared/` and nothing else."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from shared.contracts.messages import Service

ROOT = Path(__file__).parents[2]
UV = Path(sys.executable).parent / "uv"


def copy_of(service: Service, folder: Path) -> Path:
    """What the image of a service copies."""
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "shared", folder / "shared", ignore=ignore)
    shutil.copytree(ROOT / "services" / service, folder / "services" / service, ignore=ignore)
    (folder / "services" / "__init__.py").touch()
    return folder


@pytest.mark.parametrize("service", list(Service))
def test_a_service_runs_with_its_own_extra_only(service: Service, tmp_path: Path) -> None:
    lock = ROOT / "requirements" / f"{service}.txt"
    place = copy_of(service, tmp_path / "image")
    run = {"check": True, "capture_output": True, "text": True, "cwd": place}
    subprocess.run([UV, "venv", "--quiet", "--python", sys.executable, tmp_path / "venv"], **run)
    environment = {**os.environ, "VIRTUAL_ENV": str(tmp_path / "venv")}
    install = [UV, "pip", "sync", "--quiet", "--system-certs", "--require-hashes", lock]
    subprocess.run(install, **{**run, "env": environment})
    own = [f"services.{service}.{module}" for module in ("cli", "main", "worker")]
    # Celery imports its transport only when it first connects.
    modules = ", ".join([*own, "kombu.transport.redis"])
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run([python, "-c", f"import {modules}"], **run)
