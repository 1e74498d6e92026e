"""What the tests of the service share: the model event, as facts."""

import pytest

from tests.services.certificates.model_event import ModelEvent, read


@pytest.fixture(scope="session")
def model_event() -> ModelEvent:
    return read()


@pytest.fixture(scope="session")
def few(model_event: ModelEvent) -> ModelEvent:
    """The model event with five people: left at lunch, never scanned out, never came, left early, came back."""
    return model_event.only("P01", "P03", "P10", "P11", "P15")
