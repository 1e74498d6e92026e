"""The published ways: kept, told by mail to those for whom something is new, and read for the badges."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.certificates.copies.models import Attendee, Event
from services.certificates.copies.wording import facts_of, language_of
from services.certificates.mailing.service import post
from services.certificates.ways.letters import way_letter
from services.certificates.ways.lines import NO_SEAT, Way, stops_of
from services.certificates.ways.models import NetworkingPlan
from shared.contracts.agenda import NetworkingPlanPublished

log = structlog.get_logger()

# What a plan is kept with as the message says it.
FACTS = {"title", "room", "rounds", "tables", "ways", "mails", "has_stations"}


def keep_plan(session: Session, message: NetworkingPlanPublished) -> None:
    """Keep a plan, unless a later one is here, and write to everybody for whom it says something new.

    New is what the last mail did not say, however many editions without mails there were since.

    The event is locked: two editions do not both write about a change, and whoever registers at this moment is
    told either here or by `tell_newcomer`.
    """
    event = session.get(Event, message.event_id, with_for_update=True, populate_existing=True)
    before = _known(session, message.session_id)
    if not _keep(session, message):
        return
    if message.mails and event is not None:
        plan = session.get_one(NetworkingPlan, message.session_id, populate_existing=True)
        _tell_changed(session, event, plan, before)


def tell_newcomer(session: Session, event: Event, attendee: Attendee) -> None:
    """Write to somebody who is in plans already, and whose registration has only now come here."""
    if event.state in ("closed", "cancelled"):
        return
    person = str(attendee.registration_id)
    plans = session.scalars(
        select(NetworkingPlan).where(NetworkingPlan.event_id == event.event_id, NetworkingPlan.mails)
    )
    for plan in plans:
        if _has_seat(plan.ways.get(person, ())):
            _tell(session, event, plan, attendee, is_first=True)


@dataclass(frozen=True)
class _Known:
    """What mails have said of a session: each one's way, and where and when its rounds are."""

    ways: Mapping[str, Any]
    whereabouts: tuple[Any, ...]


def _known(session: Session, session_id: UUID) -> _Known:
    plan = session.get(NetworkingPlan, session_id, with_for_update=True)
    if plan is None or plan.told is None:
        return _Known({}, ())
    return _Known(plan.told["ways"], (plan.told["room"], plan.told["rounds"]))


def _whereabouts(plan: NetworkingPlan) -> tuple[Any, ...]:
    return plan.room, plan.rounds


def _has_seat(way: Sequence[int]) -> bool:
    return any(table != NO_SEAT for table in way)


def _keep(session: Session, message: NetworkingPlanPublished) -> bool:
    facts = message.model_dump(mode="json", include=FACTS)
    values = {
        **facts,
        **({"told": {name: facts[name] for name in ("room", "rounds", "ways")}} if message.mails else {}),
        "organisation_id": message.organisation_id,
        "event_id": message.event_id,
        "sequence": message.sequence,
        "starts_at": message.rounds[0].starts_at,
    }
    row = insert(NetworkingPlan).values(session_id=message.session_id, **values)
    newer = row.on_conflict_do_update(
        index_elements=[NetworkingPlan.session_id],
        set_={name: row.excluded[name] for name in values},
        where=NetworkingPlan.sequence < row.excluded.sequence,
    )
    return session.execute(newer.returning(NetworkingPlan.session_id)).first() is not None


def _tell_changed(session: Session, event: Event, plan: NetworkingPlan, before: _Known) -> None:
    people = {
        str(one.registration_id): one
        for one in session.scalars(select(Attendee).where(Attendee.event_id == event.event_id))
        if one.is_confirmed
    }
    has_moved = before.whereabouts != _whereabouts(plan)
    # Who has no seat in any round and never had one is told nothing.
    told = [
        person
        for person, way in plan.ways.items()
        if person in people
        and (way != before.ways.get(person) or (has_moved and _has_seat(way)))
        and (person in before.ways or _has_seat(way))
    ]
    for person in told:
        _tell(session, event, plan, people[person], is_first=person not in before.ways)
    log.info("way.told", event_id=str(event.event_id), edition=plan.sequence, people=len(told))


def _tell(
    session: Session, event: Event, plan: NetworkingPlan, attendee: Attendee, *, is_first: bool
) -> None:
    language = language_of(attendee.locale)
    facts = facts_of(event, language)
    letter = way_letter(
        _way(plan, str(attendee.registration_id)),
        name=attendee.name,
        event_title=facts.title,
        organiser=event.organiser,
        timezone=event.timezone,
        link=attendee.link,
        is_first=is_first,
        language=language,
    )
    reason = f"way:{plan.session_id}:{plan.sequence}:{attendee.registration_id}"
    try:
        with session.begin_nested():
            post(session, event, attendee, letter, reason=reason)
    except ValueError:
        # An address that no mail can carry keeps nobody else from being told.
        log.warning("way.not_mailable", event_id=str(event.event_id))


def has_plans(session: Session, event_id: UUID) -> bool:
    """Whether people of this event have ways."""
    plan = select(NetworkingPlan.session_id).where(NetworkingPlan.event_id == event_id)
    return session.scalar(plan.limit(1)) is not None


def ways_of(session: Session, event_id: UUID, registrations: Collection[UUID]) -> dict[UUID, tuple[Way, ...]]:
    """These people's ways through the event's networking sessions, in the order of the sessions."""
    plans = session.scalars(
        select(NetworkingPlan)
        .where(NetworkingPlan.event_id == event_id)
        .order_by(NetworkingPlan.starts_at, NetworkingPlan.session_id)
    ).all()
    return {
        person: tuple(_way(plan, str(person)) for plan in plans if str(person) in plan.ways)
        for person in registrations
    }


def _way(plan: NetworkingPlan, person: str) -> Way:
    rounds = [
        (datetime.fromisoformat(one["starts_at"]), datetime.fromisoformat(one["ends_at"]))
        for one in plan.rounds
    ]
    stops = stops_of(rounds, plan.tables, plan.ways[person])
    return Way(plan.title, plan.room or "", stops, has_stations=plan.has_stations)
