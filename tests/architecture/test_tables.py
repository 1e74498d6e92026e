"""Whoever opens a service's database knows all its tables, whatever else was imported."""

import subprocess
import sys
from pathlib import Path

import pytest

SERVICES = ("agenda", "certificates", "registration")
# Sorting tables follows every foreign key.
FOLLOW = "import services.{0}.runtime; from services.{0}.database import Base; print(len(Base.metadata.sorted_tables))"


@pytest.mark.parametrize("service", SERVICES)
def test_a_process_of_a_service_follows_every_foreign_key(service: str) -> None:
    alone = subprocess.run(
        [sys.executable, "-c", FOLLOW.format(service)], capture_output=True, text=True, check=False
    )
    assert alone.returncode == 0, alone.stderr
    assert int(alone.stdout) == len(_model_tables(service))


def _model_tables(service: str) -> list[str]:
    modules = Path("services", service).glob("*/models.py")
    lines = [line for module in modules for line in module.read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if line.strip().startswith("__tablename__")]
