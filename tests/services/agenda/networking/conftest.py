from collections.abc import Callable
from pathlib import Path

import pytest

from tests.services.agenda.conftest import beside_the_project


@pytest.fixture
def team_file() -> Callable[[str], Path]:
    return beside_the_project
