"""Tables of three or of four where everybody meets everybody once (after Kirkman's fifteen schoolgirls, 1850).

People are copies of a finite field and perhaps one who stays; adding an element of the field to all places turns
a round into the next. x is a primitive element.
"""

from collections.abc import Sequence

from services.agenda.networking.solving.fields import Field, field
from services.agenda.networking.solving.rings import Groups

# Of the field, and which of its copies.
Place = tuple[int, int]


def threes(tables: int) -> list[Groups]:
    """3q people in (3q - 1) / 2 rounds, q = 6t + 1 tables, a power of a prime; none for another number of tables.

    Half of the tables across the copies stand in the round that is turned; each of the others, turned, is a
    round of its own (Ray-Chaudhuri and Wilson 1971).
    """
    sixth, rest = divmod(tables - 1, 6)
    numbers = None if rest else field(tables)
    if numbers is None:
        return []
    across = [_across(numbers, exponent) for exponent in range(6 * sixth)]
    turned = [group for exponent, group in enumerate(across) if exponent % (2 * sixth) >= sixth]
    alone = [group for exponent, group in enumerate(across) if exponent % (2 * sixth) < sixth]
    starter = [[(0, copy) for copy in range(3)], *_within(numbers, sixth), *turned]
    steps = range(tables)
    return [_moved(numbers, starter, step) for step in steps] + [
        [group for step in steps for group in _moved(numbers, [table], step)] for table in alone
    ]


def fours(tables: int) -> list[Groups]:
    """3q + 1 people in q rounds, q = 4t + 1 a power of a prime; none for another number of tables.

    Hanani, Ray-Chaudhuri and Wilson 1972; the one who stays comes last.
    """
    order, rest = divmod(4 * tables - 1, 3)
    numbers = None if rest or order % 4 != 1 else field(order)
    if numbers is None:
        return []
    quarter, last = order // 4, 3 * order
    power = numbers.powers
    across = [
        [(power[i], j), (power[i + 2 * quarter], j), (power[i + quarter], k), (power[i + 3 * quarter], k)]
        for i in range(quarter)
        for j, k in ((0, 1), (1, 2), (2, 0))
    ]
    around_who_stays = [[(0, copy) for copy in range(3)]]
    return [
        [[last, *group] for group in _moved(numbers, around_who_stays, step)] + _moved(numbers, across, step)
        for step in range(order)
    ]


def _across(numbers: Field, exponent: int) -> list[Place]:
    third = (numbers.order - 1) // 3
    return [(numbers.powers[(exponent + third * copy) % (numbers.order - 1)], copy) for copy in range(3)]


def _within(numbers: Field, sixth: int) -> list[list[Place]]:
    return [
        [(numbers.powers[exponent + 2 * sixth * turn], copy) for turn in range(3)]
        for exponent in range(sixth)
        for copy in range(3)
    ]


def _moved(numbers: Field, groups: Sequence[Sequence[Place]], step: int) -> Groups:
    """Add an element of the field to all places; people are numbered copy by copy."""
    return [[copy * numbers.order + numbers.add(place, step) for place, copy in group] for group in groups]
