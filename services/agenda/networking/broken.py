"""A change by hand that breaks a hard rule, named by the rule."""

from collections.abc import Sequence

from services.agenda.networking.solving.instances import Instance
from services.agenda.networking.solving.measure import measure
from shared.errors import Conflict

Rows = Sequence[Sequence[int]]


class EditRefused(Conflict):
    """This would break a rule."""


class BreaksSeats(EditRefused):
    """A table would have too many or too few people."""


class BreaksApart(EditRefused):
    """Two people would meet who must not."""


class BreaksTogether(EditRefused):
    """Two people would be separated who stay together."""


class BreaksNewTables(EditRefused):
    """Somebody would come to a table for the second time."""


class BreaksHosts(EditRefused):
    """A host stays at the table in every round."""


class BreaksPins(EditRefused):
    """Somebody would move whose seat is fixed."""


class BreaksSitOuts(EditRefused):
    """Somebody would sit out more often than others."""


class BreaksSides(EditRefused):
    """A table would not have one of each side."""


class BreaksAbsence(EditRefused):
    """Somebody is away in this round."""


class BreaksPast(EditRefused):
    """This round has begun already, and what has passed does not change."""


REFUSALS: dict[str, type[EditRefused]] = {
    "absent": BreaksAbsence,
    "seats": BreaksSeats,
    "pins": BreaksPins,
    "hosts": BreaksHosts,
    "side": BreaksSides,
    "apart": BreaksApart,
    "together": BreaksTogether,
    "distinct_tables": BreaksNewTables,
    "max_sitouts": BreaksSitOuts,
    "frozen_rounds": BreaksPast,
}


def must_keep_rules(instance: Instance, before: Rows, after: Rows) -> None:
    """Raises what is broken after and was not before; the rule that explains most comes first."""
    known = set(measure(instance, before).broken)
    broken = {rule.partition(":")[0] for rule in measure(instance, after).broken if rule not in known}
    for name, refusal in REFUSALS.items():
        if name in broken:
            raise refusal
    if broken:
        raise EditRefused
