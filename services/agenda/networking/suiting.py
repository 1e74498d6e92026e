"""Whether somebody may take another's seats by the rules about the two of them. Pure.

What the rest of the plan is worth stays as it is, so a thousand ways are looked at in the time of one measure.
"""

from collections.abc import Sequence

from services.agenda.networking.solving.instances import AWAY, Instance, members
from services.agenda.networking.solving.measure import tables_of

# The side of a newcomer who has none yet, and takes that of whoever did not come.
ANY_SIDE = -1


class Suiting:
    """The plan `rows` of `instance`, of which the first `passed` rounds are over, as it looks to the `newcomer`.

    The newcomer has no seat in a round to come, and is not away in any of them. People, rounds and tables are numbers
    from 0, as in `solving.instances`.
    """

    def __init__(self, instance: Instance, rows: Sequence[Sequence[int]], newcomer: int, passed: int) -> None:
        self._instance = instance
        self._rows = rows
        self._newcomer = newcomer
        self._to_come = range(passed, instance.rounds)
        self._seated = [tables_of(row, instance.tables) for row in rows]
        self._visited = [row[newcomer] for row in rows[:passed] if row[newcomer] != AWAY]
        self._own_table = next((t for t, host in instance.hosts.items() if host == newcomer), None)
        self._companions = members(instance.companions[newcomer])

    def is_suitable(self, absent: int) -> bool:
        """Whether the newcomer can have every seat to come of somebody who did not come."""
        way = [(number, self._rows[number][absent]) for number in self._to_come]
        return (
            self._has_that_side(absent)
            and self._sits_out_seldom([table for _, table in way])
            and self._comes_to_no_table_again([table for _, table in way])
            and all(
                self._is_the_own_seat(number, table)
                and self._meets_nobody_forbidden(number, table, absent)
                and self._stays_together(number, table, absent)
                for number, table in way
            )
        )

    def _has_that_side(self, absent: int) -> bool:
        side = self._instance.side
        return side is None or side[self._newcomer] in (ANY_SIDE, side[absent])

    def _sits_out_seldom(self, tables: Sequence[int]) -> bool:
        return tables.count(AWAY) <= self._instance.max_sitouts

    def _comes_to_no_table_again(self, tables: Sequence[int]) -> bool:
        if not self._instance.distinct_tables or self._newcomer in self._instance.residents:
            return True
        visited = [*self._visited, *(table for table in tables if table != AWAY)]
        return len(set(visited)) == len(visited)

    def _is_the_own_seat(self, number: int, table: int) -> bool:
        fixed = self._instance.pinned[number].get(self._newcomer, table)
        return fixed == table and self._own_table in (None, table)

    def _meets_nobody_forbidden(self, number: int, table: int, absent: int) -> bool:
        forbidden = self._instance.apart[self._newcomer]
        if table == AWAY or not forbidden:
            return True
        return not any(forbidden >> other & 1 for other in self._seated[number][table] if other != absent)

    def _stays_together(self, number: int, table: int, absent: int) -> bool:
        return all(
            other == absent or other in self._instance.absent[number] or self._rows[number][other] == table
            for other in self._companions
        )
