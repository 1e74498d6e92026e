"""The rules and the attendance of an event, by REST."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from services.certificates.attendance.models import Rules
from services.certificates.attendance.rule import Changes, Delivery, MailingStart, Verdict
from services.certificates.attendance.schemas import (
    AttendanceOut,
    EntitlementOut,
    Mailing,
    Offer,
    ParticipantOut,
    RulesIn,
    RulesOut,
    SessionShare,
    StayOut,
)
from services.certificates.attendance.service import (
    EventAttendance,
    Participation,
    Totals,
    attendance_of,
    hold_rules,
    rules_of,
    set_rules,
    totals_of,
)
from services.certificates.copies.models import Event
from services.certificates.copies.service import list_some_attendees, look_up_event
from services.certificates.web import EventToRead, event_to_change
from shared.errors import NotReady
from shared.kit.web.caching import etag_of, must_match
from shared.kit.web.dependencies import Db, TokenUser
from shared.kit.web.paging import link_next, page_of, read_id

router = APIRouter(prefix="/certificates/api/v1/events/{event}", tags=["attendance"])


class EventNotHereYet(NotReady):
    """This event has not arrived here yet. Please try again in a moment."""


def arrived_event(event: str, session: Db, caller: TokenUser) -> Event:
    """An event that its organiser has just made may be on its way here.

    Another organisation's is said to be on its way too: whether it exists is nobody's business.
    """
    if look_up_event(session, event, caller.roles) is None:
        raise EventNotHereYet(retry_after=1)
    return event_to_change(event, session, caller)


ArrivedEvent = Annotated[Event, Depends(arrived_event, scope="function")]


@router.put("/rules")
def put_rules(
    event: ArrivedEvent, wanted: RulesIn, request: Request, response: Response, session: Db
) -> RulesOut:
    """Set the event's rules. Rules that were set before need If-Match."""
    held = hold_rules(session, event)
    if held.version or "if-match" in request.headers:
        must_match(request, _etag(held))
    rules = set_rules(session, event, wanted)
    response.headers["ETag"] = _etag(rules)
    return _shown_rules(rules)


@router.get("/rules")
def get_rules(event: EventToRead, response: Response, session: Db) -> RulesOut:
    """The event's rules, or the defaults."""
    rules = rules_of(session, event)
    response.headers["ETag"] = _etag(rules)
    return _shown_rules(rules)


@router.get("/attendance")
def get_attendance(
    event: EventToRead,
    request: Request,
    response: Response,
    session: Db,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    cursor: str | None = None,
) -> AttendanceOut:
    """What each person attended, counted from the scans and corrections that are here.

    The totals stand on the first page: counting them means counting everybody.
    """
    rows = list_some_attendees(session, event.event_id, after=read_id(cursor), limit=limit)
    shown, following = page_of(rows, limit, key=lambda attendee: [attendee.registration_id])
    link_next(request, response, following)
    attendance = attendance_of(session, event, [attendee.registration_id for attendee in shown])
    totals = totals_of(attendance_of(session, event)) if cursor is None else None
    return _shown_attendance(attendance, totals)


def _etag(rules: Rules) -> str:
    return etag_of("rules", rules.event_id, rules.version)


def _shown_rules(rules: Rules) -> RulesOut:
    return RulesOut(
        min_share_of_programme=float(rules.min_share_of_programme),
        count_open_stays=rules.count_open_stays,
        hold_open_stays=rules.hold_open_stays,
        mailing=Mailing(start=MailingStart(rules.mailing_start), delay_minutes=rules.mailing_delay_minutes),
        confirmations=[Offer.model_validate(each) for each in rules.offers],
        required_sessions=[SessionShare.model_validate(each) for each in rules.required_sessions],
        own_confirmations=[SessionShare.model_validate(each) for each in rules.own_confirmations],
        changes=Changes(rules.changes),
        delivery=Delivery(rules.delivery),
        funding_reference=rules.funding_reference,
        number_prefix=rules.number_prefix,
    )


def _shown_attendance(attendance: EventAttendance, totals: Totals | None) -> AttendanceOut:
    return AttendanceOut(
        programme_minutes=attendance.programme.seconds // 60,
        registered=totals.registered if totals else None,
        checked_in=totals.checked_in if totals else None,
        open_stays=totals.open_stays if totals else None,
        confirmations_due=totals.due if totals else None,
        participants=[_shown_person(person) for person in attendance.people],
    )


def _shown_person(person: Participation) -> ParticipantOut:
    return ParticipantOut(
        registration_id=person.attendee.registration_id,
        ref=person.attendee.ref,
        first_name=person.attendee.first_name,
        last_name=person.attendee.last_name,
        checked_in=person.attendance.checked_in,
        open_stays=person.attendance.open_stays,
        attended_minutes=person.attendance.minutes,
        confirmation_due=person.verdict is Verdict.DUE,
        is_held=person.verdict is Verdict.HELD,
        papers=[
            EntitlementOut(paper=str(each.paper), verdict=each.verdict, reason=each.reason)
            for each in person.entitlements
        ],
        stays=[
            StayOut(
                entered_at=stay.span.start,
                left_at=stay.left_at,
                is_open=stay.is_open,
                scan_ids=stay.scan_ids,
                correction_id=stay.correction_id,
            )
            for stay in person.attendance.stays
        ],
    )
