"""The judges: what an event must have come to, seen from outside (mails in the spool, SQL, files)."""

import hashlib
import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

import psycopg
from redis import ConnectionError as RedisConnectionError

from deploy.local.bootstrap import SERVICES
from deploy.local.play.mails import Received, pdfs_in
from tests.faults.world import World

# From healing on; what takes longer is a violation.
PATIENCE = 60.0
BETWEEN_LOOKS = 0.2
# When nothing is on its way and nothing has changed for so long, what is missing will not come: jobs run each second.
STILLNESS = 10.0
# What a worker has taken from its queue and not begun shows nowhere: this is its time to do it, wrong or right.
SETTLING = 1.0
# Who sends mails.
SENDERS = ("registration", "certificates")


class Played(Protocol):
    """An event after its play, as its visitors know it."""

    id: str
    is_closed: bool
    """Whether its closing was answered with 2xx."""
    registrations: Collection[UUID]
    """The ids in answers with 2xx."""
    scans: Collection[UUID]
    refusals: Sequence[str]
    """Answers that nobody should have got."""

    def is_ours(self, address: str) -> bool: ...

    def may_have_another(self, kind: str, address: str) -> bool:
        """Whether this person may get more mails than one ticket and one confirmation."""

    @property
    def guests(self) -> Collection[str]:
        """The addresses at which a ticket must arrive."""

    @property
    def due(self) -> Collection[str]:
        """The addresses at which a confirmation must arrive."""


@dataclass
class Tolerance:
    """What a fault may cost at most."""

    twice: int = 0
    """How many mails may come twice, because their connection died after the final dot."""
    refusal: str = ""
    """The code with which the server has refused a mail for good: exactly one must be listed as failed with it."""
    whole_since: float = 0.0
    """When nothing was broken any more, on the monotonic clock, where that was before the cell's end."""


@dataclass(frozen=True)
class Verdict:
    violations: list[str]
    seconds: float
    """From healing until nothing was missing any more."""


def judge(
    world: World, event: Played, tolerance: Tolerance, *, healed: float, gives_up: bool = False
) -> Verdict:
    """Wait until nothing is missing and nothing is on its way, then look for what is wrong.

    Who `gives_up` waits no longer than until it is clear that nothing will come any more: for a positive control.
    """
    before, since = [""], time.monotonic()
    while True:
        time.sleep(BETWEEN_LOOKS)
        (missing, is_moving), now = _look(world, event, tolerance), time.monotonic()
        if missing != before or is_moving:
            before, since = missing, now
        if not missing or now > healed + PATIENCE or (gives_up and now > since + STILLNESS):
            break
    time.sleep(SETTLING)
    return Verdict(missing + Look(world, event, tolerance).wrong(), now - healed)


def _look(world: World, event: Played, tolerance: Tolerance) -> tuple[list[str], bool]:
    """What is missing, and whether something is on its way."""
    try:
        look = Look(world, event, tolerance)
        return look.missing(), bool(look.on_its_way())
    except (psycopg.OperationalError, RedisConnectionError) as problem:
        return [str(problem)], True


@dataclass
class Look:
    """One look at an event."""

    world: World
    event: Played
    tolerance: Tolerance
    spool: dict[tuple[str, str], list[Received]] = field(init=False)

    def __post_init__(self) -> None:
        self.spool = defaultdict(list)
        for mail in self.world.spool.all():
            if self.event.is_ours(mail.to):
                self.spool[mail.kind, mail.to].append(mail)

    def missing(self) -> list[str]:
        """What has yet to happen."""
        return [
            *self.on_its_way(),
            *self._not_in_the_box("ticket", self.event.guests),
            *self._not_in_the_box("confirmation", self.event.due),
        ]

    def wrong(self) -> list[str]:
        """What time does not heal."""
        return [
            *self.event.refusals,
            *self._answers_without_a_row(),
            *self._failed_mails(),
            *self._mails_too_many(),
            *self._numbers(),
            *self._papers(),
        ]

    def on_its_way(self) -> list[str]:
        return [
            *self._unacknowledged(),
            *self._messages_on_their_way(),
            *self._mails_on_their_way(),
            *self._papers_on_their_way(),
        ]

    def _messages_on_their_way(self) -> list[str]:
        """Also a copy of one that was acknowledged: what it does wrong is still to come."""
        waiting = {service: self.world.waiting_messages(service) for service in SERVICES}
        return [f"{len(names)} messages wait for {service}" for service, names in waiting.items() if names]

    def _papers_on_their_way(self) -> list[str]:
        rows = self.world.ask(
            "SELECT kind, state, waits_for FROM certificates.document_runs"
            " WHERE event_id = %s AND state <> 'done'",
            self.event.id,
        )
        return [f"ordered and not drawn: {row}" for row in rows]

    def _unacknowledged(self) -> list[str]:
        found = []
        for service in SERVICES:
            rows = self.world.ask(
                f"SELECT name, count(*), max(attempts), max(error) FROM {service}.outbox"  # noqa: S608 - our own schemas
                " WHERE acknowledged_at IS NULL GROUP BY name"
            )
            found += [f"unacknowledged in {service}'s outbox: {row}" for row in rows]
        return found

    def _mails_on_their_way(self) -> list[str]:
        """Also a mail that is `unknown` is on its way, until it was sent once more."""
        rows = [
            row
            for service in SENDERS
            for row in self.world.ask(
                f"SELECT kind, state, last_reply FROM {service}.mails WHERE event_id = %s AND"  # noqa: S608 - our own schemas
                " (state IN ('queued', 'claimed', 'sending') OR state = 'unknown' AND NOT is_resend)",
                self.event.id,
            )
        ]
        return [f"still on its way: {row}" for row in rows]

    def _not_in_the_box(self, kind: str, addresses: Collection[str]) -> list[str]:
        lacking = [address for address in addresses if not self.spool[kind, address]]
        refused = {to for to, its_kind, _ in self._failed() if its_kind == kind}
        return [f"{address} has no {kind}" for address in lacking if address not in refused]

    def _failed(self) -> Sequence[tuple[str, str, str]]:
        """Recipient, kind and reply of each mail that is listed as failed."""
        return self.world.ask(
            "SELECT recipient, kind, last_reply FROM certificates.mails WHERE event_id = %s AND state = 'failed'",
            self.event.id,
        )

    def _failed_mails(self) -> list[str]:
        """Exactly the mail that the server has refused for good is listed, with the server's words."""
        replies = [reply for *_, reply in self._failed()]
        refusal = self.tolerance.refusal
        if len(replies) == bool(refusal) and all(reply.startswith(refusal) for reply in replies):
            return []
        return [f"listed as failed: {replies}, refused for good: {refusal or 'nothing'}"]

    def _answers_without_a_row(self) -> Iterator[str]:
        yield from self._without_a_row("registrations", self.event.registrations)
        yield from self._without_a_row("scans", self.event.scans)
        states = [state for (state,) in self.world.ask(_STATE, self.event.id)]
        if self.event.is_closed and states != ["closed"]:
            yield f"its closing was answered with 2xx, and the event is {states or 'gone'}"

    def _without_a_row(self, table: str, ids: Collection[UUID]) -> list[str]:
        rows = self.world.ask(f"SELECT id FROM registration.{table} WHERE id = ANY(%s)", list(ids))  # noqa: S608 - two names
        lost = set(ids) - {row[0] for row in rows}
        return [f"answered with 2xx, and not in {table}: {one}" for one in lost]

    def _mails_too_many(self) -> Iterator[str]:
        twice = 0
        for (kind, to), mails in self.spool.items():
            if kind == "confirmation" and to not in self.event.due:
                yield f"{to} was not there and has a confirmation"
            copies = _by_message_id(mails)
            is_expected = kind in ("ticket", "confirmation") and len(copies) == 1
            if not is_expected and not self.event.may_have_another(kind, to):
                yield f"{kind} for {to}: {len(copies)} different mails"
            for message_id, same in copies.items():
                twice += len(same) > 1
                yield from self._badly_repeated(kind, to, message_id, len(same))
        if twice > self.tolerance.twice:
            yield f"{twice} mails came twice, at most {self.tolerance.twice} may"

    def _badly_repeated(self, kind: str, to: str, message_id: str, times: int) -> Iterator[str]:
        """A mail that came twice is listed as one that was sent once more."""
        if times == 1:
            return
        once_more = [
            row
            for service in SENDERS
            for row in self.world.ask(
                f"SELECT 1 FROM {service}.mails WHERE message_id = %s AND is_resend",  # noqa: S608 - our own schemas
                message_id,
            )
        ]
        if times > 2 or not once_more:
            yield f"{kind} for {to}: came {times} times, and is not listed as sent once more"

    def _numbers(self) -> Iterator[str]:
        """Each due person has one number, and all numbers of the organisation are 1, 2, 3 …"""
        rows = self.world.ask(
            "SELECT a.email, count(*) FROM certificates.confirmations c JOIN certificates.attendees a"
            " USING (registration_id) WHERE c.event_id = %s GROUP BY a.registration_id, a.email",
            self.event.id,
        )
        if sorted(row[0] for row in rows) != sorted(self.event.due) or any(count != 1 for _, count in rows):
            yield f"confirmations by person: {[count for _, count in rows]} for {len(self.event.due)} people"
        ((count, highest, last),) = self.world.ask(
            "SELECT count(*), coalesce(max(count), 0), (SELECT coalesce(max(last), 0)"
            " FROM certificates.number_counters) FROM certificates.confirmations"
        )
        if not count == highest == last:
            yield f"running numbers: {count} confirmations, highest {highest}, counter {last}"

    def _papers(self) -> Iterator[str]:
        """The file that a row names is the one of its checksum, and is what came by mail."""
        rows = self.world.ask(
            "SELECT file, sha256 FROM certificates.confirmations WHERE event_id = %s UNION ALL"
            " SELECT file, sha256 FROM certificates.document_runs WHERE event_id = %s AND state = 'done'",
            self.event.id,
            self.event.id,
        )
        for file, checksum in rows:
            path = self.world.stack.var / "documents" / file
            if not path.exists():
                yield f"{file}: it is missing"
            elif hashlib.sha256(path.read_bytes()).hexdigest() != checksum:
                yield f"{file}: it is torn"
        if strange := self._mailed_papers() - {checksum for _, checksum in rows}:
            yield f"{len(strange)} mailed papers are not those of the rows"

    def _mailed_papers(self) -> set[str]:
        return {
            hashlib.sha256(pdf).hexdigest()
            for (kind, _), mails in self.spool.items()
            if kind == "confirmation"
            for mail in mails
            for pdf in pdfs_in(mail.message)
        }


_STATE = "SELECT state FROM agenda.events WHERE id = %s"


def _by_message_id(mails: Sequence[Received]) -> dict[str, list[Received]]:
    copies: dict[str, list[Received]] = defaultdict(list)
    for mail in mails:
        copies[str(mail.message["Message-ID"])].append(mail)
    return copies
