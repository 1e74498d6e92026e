"""Who came and went: scans and tickets."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import structlog
from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.registration.checkin.models import RejectedScan, Scan, Ticket
from services.registration.checkin.resolve import KnownPeople, Resolved, raw_key, read_ticket, resolve
from services.registration.checkin.scans import Direction, Pointer, Reason, Rejection, parse
from services.registration.checkin.scans import Scan as ParsedScan
from services.registration.runtime import settings
from services.registration.signup.models import Event, Registration
from shared.contracts.certificates import TicketIssued
from shared.contracts.registration import Direction as ContractDirection
from shared.contracts.registration import ScanRecorded
from shared.errors import Conflict
from shared.kit.access import Principal, Right
from shared.kit.clock import Clock, utc_now
from shared.kit.database import new_id
from shared.kit.outbox import publish

log = structlog.get_logger()


Key = tuple[UUID, datetime, str]


class NobodyThere(Conflict):
    """This person has no place at the event, so nobody can be marked present."""


@dataclass(frozen=True)
class Result:
    """What became of one scan of a batch."""

    result: Literal["accepted", "duplicate", "rejected"]
    reason: Reason | None = None
    flag: str | None = None
    scan_id: UUID | None = None


def record_scans(
    session: Session, event: Event, batch: Sequence[object], principal: Principal, *, now: Clock = utc_now
) -> list[Result]:
    """Keep the scans of a batch; one result for each, in their order. Sending it again changes nothing.

    A handful of statements, however many scans: three to find the people, two to keep the scans and one
    for each hundred messages.
    """
    moment = now()
    may_name = principal.may(Right.write, event.organisation_id)
    parsed = [_allowed(parse(raw, now=moment), may_name=may_name) for raw in batch]
    people = known_people(session, event, parsed)
    resolved = [resolve(scan, people) for scan in parsed]
    kept = _keep(session, event, resolved, principal, moment)
    _keep_rejected(session, event, zip(batch, resolved, strict=True), principal, moment)
    results = _results(resolved, kept)
    log.info("scans.recorded", event_id=str(event.id), sent=len(batch), accepted=len(kept))
    return results


def _allowed(scan: ParsedScan | Rejection, *, may_name: bool) -> ParsedScan | Rejection:
    if isinstance(scan, ParsedScan) and scan.pointer == "ref" and not may_name:
        return Rejection("ref_not_allowed")
    return scan


def known_people(session: Session, event: Event, scans: Sequence[ParsedScan | Rejection]) -> KnownPeople:
    """Everybody whom the scans can mean. Somebody who waits has no place, and so cannot come in."""
    codes = _codes(scans)
    by_ticket = _by_ticket(session, event, codes["ticket"])
    by_short_code = _by_short_code(session, event, codes["short_code"])
    ids = {found for found in by_ticket.values() if isinstance(found, UUID)} | set(by_short_code.values())
    registrations = session.execute(
        select(Registration.id, Registration.ref, Registration.status)
        .where(
            Registration.event_id == event.id,
            Registration.confirmed_at.is_not(None),
            or_(Registration.id.in_(ids), Registration.ref.in_(codes["ref"])),
        )
        # Of two with one reference the one who did not cancel counts, or else the later one.
        .order_by(Registration.status != "cancelled", Registration.id)
    ).all()
    return KnownPeople(
        by_ticket=by_ticket,
        by_short_code=by_short_code,
        by_ref={row.ref: row.id for row in registrations if row.ref},
        is_cancelled={row.id: row.status == "cancelled" for row in registrations},
    )


def _by_ticket(session: Session, event: Event, codes: set[str]) -> dict[str, UUID | Rejection]:
    if not codes:
        return {}
    keys = _public_keys(session, event)
    return {code: read_ticket(code, event.id, keys) for code in codes}


def _public_keys(session: Session, event: Event) -> list[bytes]:
    """A ticket may be at the door before the message that it was issued: so our own key counts too."""
    told = select(Ticket.public_key).where(Ticket.event_id == event.id).distinct()
    own = settings.ticket_public_key
    return [*map(raw_key, session.scalars(told)), *([own] if own else [])]


def _by_short_code(session: Session, event: Event, codes: set[str]) -> dict[str, UUID]:
    if not codes:
        return {}
    known = select(Ticket).where(Ticket.event_id == event.id, Ticket.short_code.in_(codes))
    return {ticket.short_code: ticket.registration_id for ticket in session.scalars(known)}


def _codes(scans: Iterable[ParsedScan | Rejection]) -> Mapping[Pointer, set[str]]:
    codes: dict[Pointer, set[str]] = {"ticket": set(), "short_code": set(), "ref": set()}
    for scan in scans:
        if isinstance(scan, ParsedScan):
            codes[scan.pointer].add(scan.code)
    return codes


def _keep(
    session: Session,
    event: Event,
    resolved: Sequence[Resolved | Rejection],
    principal: Principal,
    now: datetime,
) -> dict[Key, UUID]:
    # In one order for all, or two devices that send the same scans at once would wait for each other.
    scans = sorted((scan for scan in resolved if isinstance(scan, Resolved)), key=_key)
    rows = {_key(scan): _row(event, scan, principal, now) for scan in scans}
    if not rows:
        return {}
    new = (
        insert(Scan).on_conflict_do_nothing(constraint="uq_scans_person_instant_direction").returning(Scan.id)
    )
    kept_ids = set(session.scalars(new, list(rows.values())))
    kept = {key: row for key, row in rows.items() if row["id"] in kept_ids}
    _tell_scans(session, kept.values())
    return {key: row["id"] for key, row in kept.items()}


def _key(scan: Resolved) -> Key:
    return scan.registration_id, scan.scanned_at, scan.direction


def _row(event: Event, scan: Resolved, principal: Principal, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "organisation_id": event.organisation_id,
        "event_id": event.id,
        "registration_id": scan.registration_id,
        "scanned_at": scan.scanned_at,
        "direction": scan.direction,
        "means": scan.means,
        "flag": scan.flag,
        "recorded_at": now,
        "author": principal.name,
    }


def _tell_scans(session: Session, rows: Iterable[Mapping[str, Any]]) -> None:
    messages = (
        ScanRecorded(
            organisation_id=row["organisation_id"],
            scan_id=row["id"],
            event_id=row["event_id"],
            registration_id=row["registration_id"],
            scanned_at=row["scanned_at"],
            direction=ContractDirection(row["direction"]),
            means=row["means"],
            flag=row["flag"],
        )
        for row in rows
    )
    publish(session, *messages)


def _keep_rejected(
    session: Session,
    event: Event,
    batch: Iterable[tuple[object, Resolved | Rejection]],
    principal: Principal,
    now: datetime,
) -> None:
    rows: list[dict[str, Any]] = [
        {
            "id": new_id(),
            "organisation_id": event.organisation_id,
            "event_id": event.id,
            "reason": scan.reason,
            "content_hash": _digest(raw),
            "recorded_at": now,
            "author": principal.name,
        }
        for raw, scan in batch
        if isinstance(scan, Rejection)
    ]
    if rows:
        in_order = sorted(rows, key=lambda row: (row["content_hash"], row["reason"]))
        session.execute(insert(RejectedScan).on_conflict_do_nothing(), in_order)


def _digest(raw: object) -> str:
    """Recognises what was sent without keeping it: a rejected code may be somebody's."""
    return hashlib.sha256(json.dumps(raw, sort_keys=True, default=str).encode()).hexdigest()


def _results(resolved: Sequence[Resolved | Rejection], kept: Mapping[Key, UUID]) -> list[Result]:
    seen: set[Key] = set()
    results = []
    for scan in resolved:
        results.append(_result(scan, kept, seen))
        if isinstance(scan, Resolved):
            seen.add(_key(scan))
    return results


def _result(scan: Resolved | Rejection, kept: Mapping[Key, UUID], seen: set[Key]) -> Result:
    if isinstance(scan, Rejection):
        return Result("rejected", reason=scan.reason)
    key = _key(scan)
    if key in seen or key not in kept:
        return Result("duplicate", flag=scan.flag)
    return Result("accepted", flag=scan.flag, scan_id=kept[key])


def mark_present(
    session: Session,
    event: Event,
    registration: Registration,
    principal: Principal,
    *,
    direction: Direction = "in",
    now: Clock = utc_now,
) -> bool:
    """The desk lets somebody in (or out) by hand, at this moment; False if the same was recorded before.

    Raises NobodyThere for somebody who has no place.
    """
    if registration.status != "confirmed":
        raise NobodyThere
    moment = now()
    by_hand = Resolved(registration.id, moment, direction, means="desk")
    return bool(_keep(session, event, [by_hand], principal, moment))


def list_scans(session: Session, registration_id: UUID) -> Sequence[Scan]:
    scans = select(Scan).where(Scan.registration_id == registration_id)
    return session.scalars(scans.order_by(Scan.scanned_at, Scan.direction)).all()


def keep_ticket(session: Session, message: TicketIssued) -> None:
    """Store what the door needs to know of a ticket, unless something newer is here."""
    facts = {
        "organisation_id": message.organisation_id,
        "event_id": message.event_id,
        "registration_id": message.registration_id,
        "short_code": message.short_code,
        "public_key": message.public_key,
        "sequence": message.sequence,
    }
    row = insert(Ticket).values(id=message.ticket_id, **facts)
    session.execute(
        row.on_conflict_do_update(
            index_elements=[Ticket.id], set_=facts, where=Ticket.sequence < row.excluded.sequence
        )
    )
