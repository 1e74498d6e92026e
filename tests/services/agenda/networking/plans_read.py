"""Reading plans as the API shows them, and what was told of them."""

from typing import Any

from sqlalchemy import select

from services.agenda.runtime import Sessions
from shared.kit.outbox import OutboxMessage


def table_of(plan: dict[str, Any], person: str, number: int) -> str:
    table: str = seats(plan)[person][number - 1]
    return table


def seats(plan: dict[str, Any]) -> dict[str, list[str]]:
    return {seated["person"]: seated["tables"] for seated in plan["seats"]}


def company(plan: dict[str, Any], person: str, number: int) -> set[str]:
    ways = seats(plan)
    return {other for other, way in ways.items() if way[number - 1] == ways[person][number - 1]} - {person}


def told() -> list[dict[str, Any]]:
    with Sessions() as session:
        rows = select(OutboxMessage.envelope).where(
            OutboxMessage.name == "agenda.networking_plan_published.v1"
        )
        return [envelope["data"] for envelope in session.scalars(rows.order_by(OutboxMessage.message_id))]
