import pytest

from shared.kit.settings import SERVICES
from tests.support.operations import Service, a_service


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest, database: object) -> Service:
    """Each of the three, one after the other."""
    return a_service(request.param)


@pytest.fixture
def registration(database: object) -> Service:
    """One of them, for what all do alike."""
    return a_service("registration")
