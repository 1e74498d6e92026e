"""Mixed groups without a repeat (the social golfer problem) where a structure gives them."""

import time
from collections.abc import Callable

from services.agenda.networking.solving.arrays import array
from services.agenda.networking.solving.fields import field
from services.agenda.networking.solving.instances import AWAY, Instance, Plan
from services.agenda.networking.solving.turning import Groups, turned_rounds

FOUR = 4


def seat_mixer(
    instance: Instance, *, seconds: float, seed: int = 0, clock: Callable[[], float] = time.perf_counter
) -> Plan | None:
    """Rounds in which nobody meets anybody twice, for tables of one size; None where none was found in time."""
    if instance.n % instance.tables or instance.hosts:
        return None
    size = instance.n // instance.tables
    ends = clock() + seconds
    known = (_fours(instance.tables) if size == FOUR else []) or crossing_rounds(
        instance.tables, size, seed=seed
    )
    rounds = known[: instance.rounds]
    if len(rounds) < instance.rounds:
        turned = turned_rounds(
            instance.tables, size, instance.rounds, seed=seed, is_over=lambda: clock() > ends
        )
        if turned is None:
            return None
        rounds = turned
    return [_row(instance, groups, number) for number, groups in enumerate(rounds)]


def crossing_rounds(tables: int, size: int, *, seed: int = 0) -> list[Groups]:
    """Rows that cross in one round at most, and then the rounds within each block of an array.

    Those of one block have never met: where a block falls into tables, it plays a small mixer of its own.
    """
    for rounds in range(tables, 1, -1):
        rows = array(tables, rounds, size, distinct=False, seed=seed)
        if rows is not None:
            crossing = [_groups([row[number] for row in rows], tables) for number in range(rounds)]
            return crossing + _within_blocks(tables, size, seed=seed)
    return [[list(range(table * size, (table + 1) * size)) for table in range(tables)]]


def _fours(tables: int) -> list[Groups]:
    """Tables of four where everybody meets everybody once: 3q + 1 people, q = 4t + 1 a power of a prime.

    Three copies of the field and one who stays; x is a primitive element, and adding each element of the
    field to all places gives the q rounds (Hanani, Ray-Chaudhuri and Wilson 1972).
    """
    order, rest = divmod(4 * tables - 1, 3)
    numbers = None if rest or order % 4 != 1 else field(order)
    if numbers is None:
        return []
    quarter, last = order // 4, 3 * order
    power = numbers.powers
    fours = [
        [(power[i], j), (power[i + 2 * quarter], j), (power[i + quarter], k), (power[i + 3 * quarter], k)]
        for i in range(quarter)
        for j, k in ((0, 1), (1, 2), (2, 0))
    ]
    with_the_one_who_stays = [(0, 0), (0, 1), (0, 2)]
    return [
        [
            [last, *(copy * order + numbers.add(place, step) for place, copy in with_the_one_who_stays)],
            *([copy * order + numbers.add(place, step) for place, copy in four] for four in fours),
        ]
        for step in range(order)
    ]


def _within_blocks(tables: int, size: int, *, seed: int) -> list[Groups]:
    if tables % size:
        return []
    inner = crossing_rounds(tables // size, size, seed=seed)
    return [
        [[block * tables + person for person in group] for block in range(size) for group in groups]
        for groups in inner
    ]


def _groups(tables_of_people: list[int], tables: int) -> Groups:
    groups: Groups = [[] for _ in range(tables)]
    for person, table in enumerate(tables_of_people):
        groups[table].append(person)
    return groups


def _row(instance: Instance, groups: Groups, number: int) -> list[int]:
    row = [AWAY] * instance.n
    for table, group in enumerate(groups):
        for person in group:
            row[person] = AWAY if person in instance.absent[number] else table
    return row
