import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that PostgreSQL's own user can reach, where the tests run as root; pytest's are closed."""
    folder = Path(tempfile.mkdtemp(prefix="treffpunkt-deploy-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)
