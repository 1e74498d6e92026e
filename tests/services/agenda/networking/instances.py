"""Networking problems: a test mentions only what it is about."""

from typing import Any

from services.agenda.networking.solving.instances import Instance, parse


def a_speed_networking(people: int, rounds: int, **rules: Any) -> Instance:
    return parse(
        {
            "id": f"pairs of {people}",
            "format": "pairs",
            "n": people,
            "rounds": rounds,
            "tables": people // 2,
            "cap": [2, 2],
            "empty_ok": True,
            "max_sitouts": people % 2,
            **rules,
        }
    )


def a_cafe(people: int, tables: int, rounds: int, seats: list[int], **rules: Any) -> Instance:
    return parse(
        {
            "id": f"café of {people}",
            "format": "cafe",
            "n": people,
            "rounds": rounds,
            "tables": tables,
            "cap": seats,
            "distinct_tables": True,
            **rules,
        }
    )


def a_mixer(tables: int, size: int, rounds: int, **rules: Any) -> Instance:
    return parse(
        {
            "id": f"mixer of {tables * size}",
            "format": "mixer",
            "n": tables * size,
            "rounds": rounds,
            "tables": tables,
            "cap": [size, size],
            **rules,
        }
    )
