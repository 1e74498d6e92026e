"""One stack for all journeys, on which the model event is played once."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.local.play.demo import Demo
from deploy.local.stack import Stack
from tests.support.sharing import STACKS


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    """The model event, played as `make demo` does, on a stack of its own that goes on running."""
    stack = Stack(Path(tempfile.mkdtemp(prefix="treffpunkt-demo-")))
    try:
        with stack:
            demo = Demo(stack, stack.var / "demo")
            demo.play()
            STACKS["demo"] = stack
            yield demo
    finally:
        stack.erase()


@pytest.fixture(scope="session")
def summary(demo: Demo) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((demo.folder / "summary.json").read_text(encoding="utf-8"))
    return found
