"""Whether an event's confirmations may be issued: pure, so that the page and the job say the same."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services.certificates.attendance.rule import MailingStart

# Messages take seconds. What has not come after ten minutes is worth an organiser's look.
PATIENCE = timedelta(minutes=10)


class Missing(StrEnum):
    """What has been told but has not arrived; `devices`: devices at the door still hold scans."""

    PROGRAMME = "programme"
    TOTALS = "totals"
    REGISTRATIONS = "registrations"
    SCANS = "scans"
    CORRECTIONS = "corrections"
    DEVICES = "devices"


@dataclass(frozen=True)
class Amounts:
    """How many registrations, scans and corrections there are."""

    registrations: int = 0
    scans: int = 0
    corrections: int = 0


@dataclass(frozen=True)
class Device:
    """A device at the door that still holds scans: its name, how many, and when it last said so."""

    name: str
    held: int
    seen_at: datetime


@dataclass(frozen=True)
class Closing:
    """A closed event: what is expected (None: not known yet), what is here, and the mailing's rule.

    `without` is what an organiser no longer waits for.
    """

    closed_at: datetime
    has_programme: bool
    expected: Amounts | None
    arrived: Amounts
    start: MailingStart
    delay: timedelta
    reviewed_at: datetime | None
    devices: tuple[Device, ...] = ()
    without: frozenset[Missing] = frozenset()


@dataclass(frozen=True)
class Readiness:
    """What is missing, and from when on confirmations go out (None: when somebody says so)."""

    missing: tuple[Missing, ...]
    starts_at: datetime | None

    def has_come(self, now: datetime) -> bool:
        """Whether nothing is missing and it is time."""
        return not self.missing and self.starts_at is not None and self.starts_at <= now


def readiness(closing: Closing) -> Readiness:
    """Everything that registration counted has to be here: facts of two services overtake each other."""
    missing = tuple(what for what in _missing(closing) if what not in closing.without)
    return Readiness(missing, _starts_at(closing))


def is_overdue(closing: Closing, now: datetime) -> bool:
    """Whether an organiser should see what is missing."""
    return bool(readiness(closing).missing) and now >= closing.closed_at + PATIENCE


def may_do_without(closing: Closing, now: datetime) -> frozenset[Missing]:
    """What an organiser may stop waiting for once it is overdue: without a programme nothing can be counted."""
    return (
        frozenset(readiness(closing).missing) - {Missing.PROGRAMME}
        if is_overdue(closing, now)
        else frozenset()
    )


def _missing(closing: Closing) -> list[Missing]:
    missing = [] if closing.has_programme else [Missing.PROGRAMME]
    if closing.expected is None:
        return [*missing, Missing.TOTALS]
    compared = {
        Missing.REGISTRATIONS: (closing.arrived.registrations, closing.expected.registrations),
        Missing.SCANS: (closing.arrived.scans, closing.expected.scans),
        Missing.CORRECTIONS: (closing.arrived.corrections, closing.expected.corrections),
    }
    missing += [what for what, (arrived, expected) in compared.items() if arrived < expected]
    return [*missing, Missing.DEVICES] if closing.devices else missing


def _starts_at(closing: Closing) -> datetime | None:
    if closing.start is MailingStart.AFTER_CLOSING:
        return closing.closed_at + closing.delay
    return closing.reviewed_at
