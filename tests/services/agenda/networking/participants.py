"""People and tables for pure tests of planning."""

from typing import Any
from uuid import UUID

from services.agenda.networking.brief import Participant, Table


def tables(count: int, seats: int) -> list[Table]:
    return [Table(f"table-{number}", f"Table {number}", seats) for number in range(count)]


def someone(number: int, **facts: Any) -> Participant:
    return Participant(UUID(int=number + 1), f"Person {number}", **facts)
