"""Confirmations for whoever asks: releasing, withdrawing and finding them."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, literal, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.certificates.confirmations.checks import ask, ask_everybody
from services.certificates.confirmations.closing import EventNotClosed, closing_of
from services.certificates.confirmations.kinds import Paper
from services.certificates.confirmations.models import (
    Confirmation,
    Doubt,
    DueCheck,
    GoAhead,
    Review,
    State,
)
from services.certificates.confirmations.numbers import typed_code
from services.certificates.confirmations.posting import withhold_mail
from services.certificates.confirmations.readiness import may_do_without
from services.certificates.copies.models import Event
from services.certificates.runs.files import read
from shared.errors import Conflict, FieldError, Invalid, NotFound
from shared.kit.clock import Clock, utc_now
from shared.kit.i18n import N_


class ConfirmationNotFound(NotFound):
    """There is no confirmation with this code. Please compare it with the one on the paper."""


class NotOverdue(Conflict):
    """Nothing is missing that could be done without, or the event was closed less than ten minutes ago."""


class NothingToRenew(Conflict):
    """This confirmation says what is known: there is nothing to correct."""


def finish_review(session: Session, event: Event, by: UUID, *, now: Clock = utc_now) -> None:
    """The organiser has looked at the attendance: from now on who is due gets a confirmation.

    Raises EventNotClosed. A second time changes nothing.
    """
    if event.state != "closed":
        raise EventNotClosed
    review = insert(Review).values(
        event_id=event.event_id,
        organisation_id=event.organisation_id,
        reviewed_at=now(),
        reviewed_by=by,
    )
    session.execute(review.on_conflict_do_nothing())
    ask_everybody(session, event)


def go_ahead(session: Session, event: Event, author: str, *, now: Clock = utc_now) -> None:
    """What is overdue is no longer waited for. Raises EventNotClosed, and NotOverdue before ten minutes are over.

    What comes later all the same is looked at as any late scan.
    """
    without = sorted(may_do_without(closing_of(session, event), now()))
    if not without:
        raise NotOverdue
    row = insert(GoAhead).values(
        event_id=event.event_id,
        organisation_id=event.organisation_id,
        without=[what.value for what in without],
        author=author,
        decided_at=now(),
    )
    again = {"without": GoAhead.without.op("||")(row.excluded.without), "author": author}
    session.execute(row.on_conflict_do_update(index_elements=[GoAhead.event_id], set_=again))


def renew(session: Session, confirmation: Confirmation) -> None:
    """The organiser wants a new version of a confirmation that is in doubt; the old one is revoked with it.

    Raises NothingToRenew. A second time changes nothing.
    """
    ask(session, confirmation.organisation_id, confirmation.event_id, confirmation.registration_id)
    session.refresh(confirmation, with_for_update=True)
    if confirmation.replaced_by or confirmation.is_to_renew:
        return
    if confirmation.state != State.VALID.value or confirmation.doubt in (None, Doubt.NO_LONGER_DUE.value):
        raise NothingToRenew
    confirmation.is_to_renew = True


def withdraw(session: Session, confirmation: Confirmation) -> None:
    """The organiser takes a confirmation back: its page says so, and who is still due gets a new one.

    A second time changes nothing.
    """
    if confirmation.state == State.REVOKED.value:
        return
    # Whoever issues holds the person's check and then changes the confirmation: in this order too, or both
    # would wait for each other. What was read before the wait may have changed.
    ask(session, confirmation.organisation_id, confirmation.event_id, confirmation.registration_id)
    session.refresh(confirmation, with_for_update=True)
    confirmation.state = State.REVOKED.value
    confirmation.doubt = None
    withhold_mail(session, confirmation)


def find_by_code(session: Session, typed: str) -> Confirmation:
    """The confirmation with this verification code, however it was typed. Raises ConfirmationNotFound."""
    found = session.scalar(select(Confirmation).where(Confirmation.code == typed_code(typed)))
    if found is None:
        raise ConfirmationNotFound
    return found


def find_issued(session: Session, event: Event, confirmation_id: UUID) -> Confirmation:
    """A confirmation of this event. Raises ConfirmationNotFound."""
    found = session.get(Confirmation, confirmation_id)
    if found is None or found.event_id != event.event_id:
        raise ConfirmationNotFound
    return found


def own_confirmations(session: Session, registration_id: UUID) -> Sequence[Confirmation]:
    """The valid confirmations of one person."""
    return list(issued_to(session, [registration_id])[registration_id].values())


def own_confirmation(session: Session, registration_id: UUID, confirmation_id: UUID) -> Confirmation:
    """A valid confirmation of this person. Raises ConfirmationNotFound."""
    for confirmation in own_confirmations(session, registration_id):
        if confirmation.confirmation_id == confirmation_id:
            return confirmation
    raise ConfirmationNotFound


def list_issued(
    session: Session, event_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[Confirmation]:
    """Confirmations of an event by number, after this one; one more than `limit`, if there is a next page.

    Raises Invalid for a confirmation that the event does not have.
    """
    by_number = (Confirmation.year, Confirmation.count)
    issued = select(Confirmation).where(Confirmation.event_id == event_id).order_by(*by_number)
    if after is not None:
        last = session.get(Confirmation, after)
        if last is None or last.event_id != event_id:
            raise Invalid([FieldError("cursor", N_("This is no cursor of a page."))])
        issued = issued.where(tuple_(*by_number) > tuple_(literal(last.year), literal(last.count)))
    return session.scalars(issued.limit(limit + 1)).all()


def issued_to(
    session: Session, registration_ids: Sequence[UUID]
) -> defaultdict[UUID, dict[Paper, Confirmation]]:
    """The valid confirmations of these people: person → paper → confirmation."""
    valid = select(Confirmation).where(
        Confirmation.registration_id.in_(registration_ids), Confirmation.state == State.VALID.value
    )
    issued: defaultdict[UUID, dict[Paper, Confirmation]] = defaultdict(dict)
    for confirmation in session.scalars(valid.order_by(Confirmation.year, Confirmation.count)):
        issued[confirmation.registration_id][confirmation.paper] = confirmation
    return issued


def count_valid(session: Session, event_id: UUID) -> int:
    """How many valid confirmations an event has; somebody may have several, of different kinds."""
    valid = select(func.count()).where(
        Confirmation.event_id == event_id, Confirmation.state == State.VALID.value
    )
    return session.scalar(valid) or 0


def paper_of(confirmation: Confirmation) -> bytes:
    """The PDF as it was issued."""
    return read(confirmation.file)


def unprintable_people(session: Session, event_id: UUID) -> dict[UUID, str]:
    """Who is due and cannot be printed: registration → what is wrong."""
    waiting = select(DueCheck.registration_id, DueCheck.problem)
    stuck = waiting.where(DueCheck.event_id == event_id, DueCheck.problem.is_not(None))
    return {registration_id: problem or "" for registration_id, problem in session.execute(stuck)}
