"""Rules that no plan can keep, named before anything is searched."""

from collections.abc import Iterator

from services.agenda.networking.solving.first_plans import NoPlanExists, most_seated
from services.agenda.networking.solving.instances import Instance, mask_by_label


def refuse(instance: Instance) -> None:
    """Raises NoPlanExists with a sentence and the rules' names."""
    for rules, sentence in _contradictions(instance):
        raise NoPlanExists(sentence, rules=rules)


def _contradictions(instance: Instance) -> Iterator[tuple[list[str], str]]:
    yield from _too_few_people(instance)
    yield from _too_few_seats(instance)
    yield from _together_and_apart(instance)
    yield from _too_many_of_one_organisation(instance)


def _too_few_people(instance: Instance) -> Iterator[tuple[list[str], str]]:
    """Tables that must not stay empty, because none may or because their hosts are there, want their least number."""
    for number in range(instance.frozen_rounds, instance.rounds):
        people, seats = len(instance.present[number]), instance.seats[number]
        used = {table for table, host in instance.hosts.items() if host not in instance.absent[number]}
        least = sum(low for table, (low, _) in enumerate(seats) if table in used or not instance.empty_ok)
        if least > people:
            yield (
                ["seats"],
                f"The tables of round {number} want at least {least} people, and there are {people}.",
            )


def _too_few_seats(instance: Instance) -> Iterator[tuple[list[str], str]]:
    standing = {
        number: len(instance.present[number]) - _seated(instance, number)
        for number in range(instance.frozen_rounds, instance.rounds)
    }
    number = max(standing, key=lambda number: standing[number], default=0)
    if sum(standing.values()) > instance.n * instance.max_sitouts:
        people = len(instance.present[number])
        yield (
            ["seats", "max_sitouts"],
            f"Round {number} has {people} people and seats for {_seated(instance, number)}, and nobody may "
            f"sit out more than {instance.max_sitouts} times.",
        )


def _seated(instance: Instance, number: int) -> int:
    return most_seated(len(instance.present[number]), instance.seats[number], empty_ok=instance.empty_ok)


def _together_and_apart(instance: Instance) -> Iterator[tuple[list[str], str]]:
    """They may sit out together, as often as anybody may."""
    to_come = instance.absent[instance.frozen_rounds :]
    for one, other in instance.together:
        both_there = sum(not {one, other} & away for away in to_come)
        if instance.apart[one] >> other & 1 and both_there > instance.max_sitouts:
            yield ["together", "apart"], f"{one} and {other} are to stay together, and apart."


def _too_many_of_one_organisation(instance: Instance) -> Iterator[tuple[list[str], str]]:
    """At each table there is one of them at most."""
    if instance.org_rule != "hard" or instance.max_sitouts:
        return
    of = mask_by_label(instance.org or ())
    for number in range(instance.frozen_rounds, instance.rounds):
        here = sum(1 << person for person in instance.present[number])
        tables = sum(high > 0 for _, high in instance.seats[number])
        for label, people in of.items():
            if (count := (people & here).bit_count()) > tables:
                yield (
                    ["apart"],
                    f"Organisation {label} has {count} people in round {number}, who must not meet, and there are "
                    f"{tables} tables.",
                )
