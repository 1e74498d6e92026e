from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from services.registration.runtime import Sessions
from tests.support.servers import Database


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """One transaction on the real database; what a test commits is cleaned up before the next."""
    with Sessions() as session:
        yield session
        session.rollback()
