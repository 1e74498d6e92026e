from datetime import datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.kit.instants import Instant

INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)


@pytest.mark.parametrize(
    "sent", ["2022-11-24T09:30:00+01:00", "1970-01-01T00:00:00Z", "8999-12-31T23:59:00-12:00"]
)
def test_instants_in_which_somebody_may_meet_are_taken(sent: str) -> None:
    assert INSTANT.validate_python(sent) == datetime.fromisoformat(sent)


@pytest.mark.parametrize(
    "sent", ["0001-01-01T00:00:00+10:00", "9999-12-31T23:59:00-12:00", "2022-11-24T09:30:00"]
)
def test_instants_that_a_database_could_not_give_back_are_refused(sent: str) -> None:
    with pytest.raises(ValidationError):
        INSTANT.validate_python(sent)
