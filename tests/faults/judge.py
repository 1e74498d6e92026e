"""The judges: what a small event must have come to, seen from outside (mails in the spool, SQL, files)."""

import hashlib
import time
from collections import defaultdict
from dataclasses import dataclass, field
from uuid import UUID

import psycopg

from deploy.local.bootstrap import SERVICES
from deploy.local.play.mails import Received, pdfs_in
from tests.faults.small_event import PEOPLE, SmallEvent
from tests.faults.world import World

# From healing on; what takes longer is a violation.
PATIENCE = 60.0


@dataclass
class Tolerance:
    """What a fault may cost at most."""

    twice: int = 0
    """How many mails may come twice, because their connection died after the final dot."""
    refusal: str = ""
    """The reply with which the server has refused one mail for good."""


@dataclass(frozen=True)
class Verdict:
    violations: list[str]
    seconds: float
    """From healing until nothing was missing any more."""


def judge(
    world: World, event: SmallEvent, tolerance: Tolerance, *, healed: float, patience: float = PATIENCE
) -> Verdict:
    """Wait until nothing is missing and nothing is on its way, then look for what is wrong."""
    missing = ["nobody has looked yet"]
    while missing and time.monotonic() < healed + patience:
        try:
            missing = Look(world, event, tolerance).missing()
        except psycopg.OperationalError as problem:
            missing = [f"PostgreSQL: {problem}"]
        if missing:
            time.sleep(0.2)
    seconds = time.monotonic() - healed
    return Verdict(missing + Look(world, event, tolerance).wrong(), seconds)


@dataclass
class Look:
    """One look at an event."""

    world: World
    event: SmallEvent
    tolerance: Tolerance
    spool: dict[tuple[str, str], list[Received]] = field(init=False)

    def __post_init__(self) -> None:
        self.spool = defaultdict(list)
        for mail in self.world.spool.all():
            self.spool[mail.kind, mail.to].append(mail)

    def missing(self) -> list[str]:
        """What has yet to happen."""
        return [
            *self._unacknowledged(),
            *self._mails_on_their_way(),
            *self._not_in_the_box("ticket", PEOPLE),
            *self._not_in_the_box("confirmation", self.event.due),
        ]

    def wrong(self) -> list[str]:
        """What time does not heal."""
        return [
            *self.event.refusals,
            *self._answers_without_a_row(),
            *self._mails_too_many(),
            *self._numbers(),
            *self._papers(),
        ]

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
        rows = self.world.ask(
            "SELECT kind, state, last_reply FROM certificates.mails WHERE event_id = %s AND"
            " (state IN ('queued', 'claimed', 'sending') OR state = 'unknown' AND NOT is_resend)",
            self.event.id,
        )
        return [f"still on its way: {row}" for row in rows]

    def _not_in_the_box(self, kind: str, refs: tuple[str, ...]) -> list[str]:
        lacking = [ref for ref in refs if not self.spool[kind, self.event.address(ref)]]
        refused = self._listed_as_failed(kind) if self.tolerance.refusal else set()
        return [f"{ref} has no {kind}" for ref in lacking if self.event.address(ref) not in refused]

    def _listed_as_failed(self, kind: str) -> set[str]:
        rows = self.world.ask(
            "SELECT recipient FROM certificates.mails WHERE event_id = %s AND kind = %s"
            " AND state = 'failed' AND starts_with(last_reply, %s)",
            self.event.id,
            kind,
            self.tolerance.refusal,
        )
        return {recipient for (recipient,) in rows[:1]}

    def _answers_without_a_row(self) -> list[str]:
        return [
            *self._without_a_row("registrations", [*self.event.registrations.values()]),
            *self._without_a_row("scans", self.event.scans),
        ]

    def _without_a_row(self, table: str, ids: list[UUID]) -> list[str]:
        rows = self.world.ask(f"SELECT id FROM registration.{table} WHERE id = ANY(%s)", ids)  # noqa: S608 - two names
        lost = set(ids) - {row[0] for row in rows}
        return [f"answered with 2xx, and not in {table}: {one}" for one in lost]

    def _mails_too_many(self) -> list[str]:
        found, twice = [], 0
        ours = f"@{self.event.slug}.example.org"
        for (kind, to), mails in self.spool.items():
            if not to.endswith(ours):
                continue
            if kind == "confirmation" and to not in map(self.event.address, self.event.due):
                found.append(f"{to} was not there and has a confirmation")
            if len(mails) > 1:
                twice += 1
                found += self._badly_repeated(kind, to, mails)
        if twice > self.tolerance.twice:
            found.append(f"{twice} mails came twice, at most {self.tolerance.twice} may")
        return found

    def _badly_repeated(self, kind: str, to: str, mails: list[Received]) -> list[str]:
        ids = {str(mail.message["Message-ID"]) for mail in mails}
        listed = self.world.ask(
            "SELECT 1 FROM certificates.mails WHERE message_id = ANY(%s) AND is_resend", list(ids)
        )
        if len(mails) > 2 or len(ids) > 1 or not listed:
            return [f"{kind} for {to}: {len(mails)} times, {len(ids)} Message-IDs, listed: {bool(listed)}"]
        return []

    def _numbers(self) -> list[str]:
        """Each due person has one number, and all numbers of the organisation are 1, 2, 3 …"""
        found = []
        rows = self.world.ask(
            "SELECT registration_id, count(*) FROM certificates.confirmations"
            " WHERE event_id = %s GROUP BY registration_id",
            self.event.id,
        )
        expected = {
            self.event.registrations[ref] for ref in self.event.due if ref in self.event.registrations
        }
        if {row[0] for row in rows} != expected or any(count != 1 for _, count in rows):
            found.append(
                f"confirmations by person: {[count for _, count in rows]} for {len(expected)} people"
            )
        ((count, highest, last),) = self.world.ask(
            "SELECT count(*), coalesce(max(count), 0), (SELECT coalesce(max(last), 0)"
            " FROM certificates.number_counters) FROM certificates.confirmations"
        )
        if not count == highest == last:
            found.append(f"running numbers: {count} confirmations, highest {highest}, counter {last}")
        return found

    def _papers(self) -> list[str]:
        """The file that the row names is the one of its checksum, and is what came by mail."""
        found = []
        rows = self.world.ask(
            "SELECT number, file, sha256 FROM certificates.confirmations WHERE event_id = %s", self.event.id
        )
        for number, file, checksum in rows:
            path = self.world.stack.var / "documents" / file
            if not path.exists():
                found.append(f"{number}: the file is missing")
            elif hashlib.sha256(path.read_bytes()).hexdigest() != checksum:
                found.append(f"{number}: the file is torn")
        mailed = {
            hashlib.sha256(pdf).hexdigest()
            for (kind, to), mails in self.spool.items()
            if kind == "confirmation" and to.endswith(f"@{self.event.slug}.example.org")
            for mail in mails
            for pdf in pdfs_in(mail.message)
        }
        if strange := mailed - {checksum for *_, checksum in rows}:
            found.append(f"{len(strange)} mailed papers are not those of the rows")
        return found
