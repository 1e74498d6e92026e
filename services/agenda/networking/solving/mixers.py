"""Mixed groups without a repeat (the social golfer problem) where a structure gives them."""

import time
from collections import Counter
from collections.abc import Callable, Sequence

from services.agenda.networking.solving.arrays import array
from services.agenda.networking.solving.doubles import doubled_rounds
from services.agenda.networking.solving.instances import AWAY, Instance, Plan
from services.agenda.networking.solving.kirkman import fours, threes
from services.agenda.networking.solving.rings import Groups
from services.agenda.networking.solving.turning import turned_rounds

THREE, FOUR = 3, 4


def seat_mixer(
    instance: Instance, *, seconds: float, seed: int = 0, clock: Callable[[], float] = time.perf_counter
) -> Plan | None:
    """Rounds in which nobody meets anybody twice; None where none was found in time.

    Where people do not fill all tables, they are those of a larger plan of whom some are left out.
    """
    if instance.hosts:
        return None
    size = -(-instance.n // instance.tables)
    ends = clock() + seconds

    def is_over() -> bool:
        return clock() > ends

    rounds = _known(instance.tables, size, instance.rounds, seed=seed, is_over=is_over)[: instance.rounds]
    if len(rounds) < instance.rounds:
        turned = turned_rounds(instance.tables, size, instance.rounds, seed=seed, is_over=is_over)
        if turned is None:
            return None
        rounds = turned
    missing = instance.tables * size - instance.n
    left_out = _left_out(rounds, missing, at_most=size - instance.seats[0][0][0], is_over=is_over)
    if left_out is None:
        return None
    people = sorted(set(range(instance.tables * size)) - set(left_out))
    return [_row(instance, groups, number, people) for number, groups in enumerate(rounds)]


def _left_out(
    rounds: Sequence[Groups], count: int, *, at_most: int, is_over: Callable[[], bool]
) -> list[int] | None:
    """So many people of whom no table of any round has more than `at_most`; None where none were found in time."""
    everybody = [person for group in rounds[0] for person in group]
    seats: dict[int, list[tuple[int, int]]] = {person: [] for person in everybody}
    for number, groups in enumerate(rounds):
        for table, group in enumerate(groups):
            for person in group:
                seats[person].append((number, table))
    for start in range(len(everybody)):
        chosen: list[int] = []
        gone: Counter[tuple[int, int]] = Counter()
        for person in everybody[start:] + everybody[:start]:
            if len(chosen) == count:
                return chosen
            if all(gone[seat] < at_most for seat in seats[person]):
                chosen.append(person)
                gone.update(seats[person])
        if is_over():
            break
    return None


def _known(tables: int, size: int, rounds: int, *, seed: int, is_over: Callable[[], bool]) -> list[Groups]:
    whole = threes(tables) if size == THREE else fours(tables) if size == FOUR else []
    return (
        whole
        or doubled_rounds(tables, size)
        or crossing_rounds(tables, size, rounds, seed=seed, is_over=is_over)
    )


def crossing_rounds(
    tables: int, size: int, wanted: int, *, seed: int, is_over: Callable[[], bool]
) -> list[Groups]:
    """Rows that cross in one round at most, and then the rounds within each block of an array.

    Those of one block have never met: where a block falls into tables, it plays a small mixer of its own.
    More rounds than are wanted are not sought: for many tables that would take minutes.
    """
    for rounds in range(min(tables, wanted), 1, -1):
        if is_over():
            break
        rows = array(tables, rounds, size, distinct=False, seed=seed)
        if rows is not None:
            crossing = [_groups([row[number] for row in rows], tables) for number in range(rounds)]
            return crossing + _within_blocks(tables, size, wanted - rounds, seed=seed, is_over=is_over)
    return [[list(range(table * size, (table + 1) * size)) for table in range(tables)]]


def _within_blocks(
    tables: int, size: int, wanted: int, *, seed: int, is_over: Callable[[], bool]
) -> list[Groups]:
    if wanted < 1 or size == 1 or tables % size:
        return []
    inner = crossing_rounds(tables // size, size, wanted, seed=seed, is_over=is_over)
    return [
        [[block * tables + person for person in group] for block in range(size) for group in groups]
        for groups in inner
    ]


def _groups(tables_of_people: list[int], tables: int) -> Groups:
    groups: Groups = [[] for _ in range(tables)]
    for person, table in enumerate(tables_of_people):
        groups[table].append(person)
    return groups


def _row(instance: Instance, groups: Groups, number: int, people: Sequence[int]) -> list[int]:
    tables = {person: table for table, group in enumerate(groups) for person in group}
    return [
        AWAY if number_of_person in instance.absent[number] else tables[person]
        for number_of_person, person in enumerate(people)
    ]
