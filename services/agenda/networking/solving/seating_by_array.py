"""A café or mixer from an array of timetables: a first plan with as few repeats as its array promises."""

from collections.abc import Iterator, Sequence

from services.agenda.networking.solving.arrays import Row, array
from services.agenda.networking.solving.instances import AWAY, Instance, Plan


def seat_by_array(instance: Instance, *, seed: int = 0) -> Plan | None:
    """Each guest follows one row of an array; None where sizes or rounds allow no array.

    With more guests than rows some rows are followed by two or more people, who stay together: where a table
    is larger than the number of tables to go on to, fewer repeats are not possible (pigeonhole).
    """
    guests = [person for person in instance.people if person not in set(instance.hosts.values())]
    most = instance.tables - instance.distinct_tables
    columns = min(-(-len(guests) // instance.tables), most)
    while columns <= most:
        rows = array(instance.tables, instance.rounds, columns, distinct=instance.distinct_tables, seed=seed)
        if rows and (chosen := _as_many_as(rows, len(guests), instance.tables)):
            plan = _plan(instance, guests, chosen)
            if _has_seats(instance, plan):
                return plan
        # Where a few rows were not found, more of them are not: only the largest array may still be a known one.
        columns = columns + 1 if rows or columns == most else most
    return None


def _plan(instance: Instance, guests: Sequence[int], rows: Sequence[Row]) -> Plan:
    plan = [[AWAY] * instance.n for _ in range(instance.rounds)]
    for table, host in instance.hosts.items():
        for number, row in enumerate(plan):
            row[host] = AWAY if host in instance.absent[number] else table
    for guest, timetable in zip(guests, rows, strict=True):
        for number, table in enumerate(timetable):
            plan[number][guest] = AWAY if guest in instance.absent[number] else table
    return plan


def _has_seats(instance: Instance, plan: Plan) -> bool:
    for seats, row in zip(instance.seats, plan, strict=True):
        sizes = [0] * instance.tables
        for table in row:
            if table != AWAY:
                sizes[table] += 1
        if not all(low <= size <= high for size, (low, high) in zip(sizes, seats, strict=True)):
            return False
    return True


def _as_many_as(rows: Sequence[Row], count: int, tables: int) -> list[Row]:
    """So many rows, spread evenly over the tables of each round: whole sets of rows that meet no table twice."""
    sets = list(_disjoint_sets(rows, tables))
    ordered = [row for rows_apart in sets for row in rows_apart]
    repeated = -(-count // len(ordered))
    return (ordered * repeated)[:count]


def _disjoint_sets(rows: Sequence[Row], tables: int) -> Iterator[list[Row]]:
    """The rows in sets of at most `tables`, no two of a set at one table in any round, as far as that goes."""
    left = list(rows)
    while left:
        chosen: list[Row] = []
        taken: list[set[int]] = [set() for _ in left[0]]
        for row in left:
            if len(chosen) < tables and not any(t in used for t, used in zip(row, taken, strict=True)):
                chosen.append(row)
                for table, used in zip(row, taken, strict=True):
                    used.add(table)
        yield chosen
        left = [row for row in left if row not in chosen]
