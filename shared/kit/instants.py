"""Instants that people and devices send: within years in which somebody may meet.

PostgreSQL takes an instant of the year 1 and gives it back as one that Python cannot read, and
clocks that were never set stand at the year 1. One such value must not get in.
"""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime

from shared.kit.i18n import N_

# From the first year of Unix time on; the end leaves room for every zone's offset.
YEARS = range(1970, 9000)


CHECK_THE_YEAR = N_("Please check the year.")


def is_plausible(instant: datetime) -> bool:
    """Whether people may have meant this instant: its year is one of YEARS."""
    return instant.year in YEARS


def _must_be_plausible(instant: datetime) -> datetime:
    if not is_plausible(instant):
        raise ValueError(CHECK_THE_YEAR)
    return instant


Instant = Annotated[AwareDatetime, AfterValidator(_must_be_plausible)]
