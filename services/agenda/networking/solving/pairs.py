"""Bilateral rounds: everybody meets somebody new each time, by the circle method and by two halves that turn."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from services.agenda.networking.solving.instances import AWAY, Instance, Plan

# Somebody who is not there, so that the number of people is even; who meets them sits out.
NOBODY = -1
Round = list[tuple[int, int]]


def seat_pairs(instance: Instance) -> Plan | None:
    """Rounds in which nobody meets anybody twice, as far as a closed form knows them; None where it does not."""
    people = list(instance.people) + ([NOBODY] if instance.n % 2 else [])
    if instance.tables < instance.n // 2 or instance.hosts:
        return None
    rounds = _circle(people) if not any(instance.apart) else _halves(_in_two_halves(instance, people))
    allowed = (pairs for pairs in rounds if not any(_are_apart(instance, *pair) for pair in pairs))
    chosen = list(islice(allowed, instance.rounds))
    if len(chosen) < instance.rounds:
        return None
    return [_row(instance, pairs, number) for number, pairs in enumerate(chosen)]


def as_two_sides(instance: Instance) -> Instance:
    """With an organisation that has more people than all others, and meets none of its own, on a side of its own.

    In each round as many of its people sit out as there are too many of them; another instance stays as it is.
    """
    is_divided = instance.format == "pairs" and instance.org_rule == "hard" and instance.published is None
    label, largest = Counter(instance.org or ()).most_common(1)[0] if instance.org else (0, 0)
    if not is_divided or 2 * largest <= instance.n or instance.max_sitouts == 0:
        return instance
    return replace(instance, side=tuple(int(own == label) for own in instance.org or ()))


def _circle(people: Sequence[int]) -> Iterator[Round]:
    """One stays, the others move on by a place: everybody meets everybody in n-1 rounds (Kirkman 1847)."""
    first, *others = people
    for turn in range(len(others)):
        turned = others[turn:] + others[:turn]
        half = len(turned) // 2
        yield [(first, turned[0]), *zip(turned[1 : half + 1], reversed(turned[half + 1 :]), strict=True)]


def _halves(halves: tuple[Sequence[int], Sequence[int]]) -> Iterator[Round]:
    """One half stays, the other moves on by a place: everybody meets the whole other half."""
    staying, turning = halves
    for turn in range(len(turning)):
        yield list(zip(staying, [*turning[turn:], *turning[:turn]], strict=True))


def _in_two_halves(instance: Instance, people: Sequence[int]) -> tuple[list[int], list[int]]:
    """Organisations whole in one half where their sizes allow it; otherwise one is split.

    The halves are found by the subset sums of the organisations' sizes.
    """
    groups = _organisations(instance, people)
    half = len(people) // 2
    chosen = _with_size(groups, half)
    first = [person for index in chosen for person in groups[index]]
    second = [person for index, group in enumerate(groups) if index not in chosen for person in group]
    # Where no sum fits, the last ones of the first half's neighbours make it whole.
    missing = half - len(first)
    return [*second[:missing], *first], second[missing:]


def _organisations(instance: Instance, people: Sequence[int]) -> list[list[int]]:
    """The largest first; without organisations, or for nobody, each is one of their own."""
    groups: dict[object, list[int]] = {}
    for person in people:
        own = ("alone", person)
        label = own if person == NOBODY or instance.org is None else instance.org[person]
        groups.setdefault(label, []).append(person)
    return sorted(groups.values(), key=len, reverse=True)


def _with_size(groups: Sequence[Sequence[int]], size: int) -> set[int]:
    """The groups whose sizes add up to `size`, or to as much below it as they can."""
    ways: dict[int, tuple[int, ...]] = {0: ()}
    for index, group in enumerate(groups):
        for total, chosen in list(ways.items()):
            if total + len(group) <= size:
                ways.setdefault(total + len(group), (*chosen, index))
    return set(ways[max(ways)])


def _are_apart(instance: Instance, one: int, other: int) -> bool:
    return NOBODY not in (one, other) and bool(instance.apart[one] >> other & 1)


def _row(instance: Instance, pairs: Round, number: int) -> list[int]:
    """Who meets nobody, or somebody who is absent, is without a table here."""
    row = [AWAY] * instance.n
    absent = instance.absent[number]
    for table, pair in enumerate(pair for pair in pairs if NOBODY not in pair):
        if not absent.intersection(pair):
            for person in pair:
                row[person] = table
    return row
