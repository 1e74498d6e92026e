"""The kit's tables stand in every schema; these tests use registration's."""

import pytest

from shared.kit.database import Sessions


@pytest.fixture
def sessions(database: object) -> Sessions:
    # A runtime reads its settings when it is imported, so only after `database` has set them.
    from services.registration import runtime

    return runtime.Sessions
