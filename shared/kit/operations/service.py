"""Messages and mails that need a person: seen, and sent again.

Each function looks at one service's own tables. Rows belong to organisations; a mail stream belongs to
the house, since all send by the same server.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.orm import Session

from shared.errors import Forbidden, NotFound
from shared.kit import mail, outbox
from shared.kit.access import Principal, Right
from shared.kit.mail import Backlog, Mail, MailStream
from shared.kit.outbox import OutboxMessage

# A parked message is one row for each consumer.
Place = tuple[UUID, str]


class MessageNotFound(NotFound):
    """There is no such message."""


class StreamNotHeldUp(NotFound):
    """No mails are held up there."""


@dataclass(frozen=True)
class Overview:
    """How much is on its way in one service, and how much of it needs a person."""

    waiting: int
    waiting_since: datetime | None
    parked: int
    streams: Sequence[MailStream]
    mails: Backlog

    @property
    def is_well(self) -> bool:
        return not (self.parked or self.streams or self.mails.failed or self.mails.unknown)


def organisations_of(caller: Principal) -> tuple[UUID, ...]:
    """The organisations whose messages and mails somebody may look after. Raises Forbidden for none."""
    found = caller.organisations(Right.write)
    if not found:
        raise Forbidden
    return found


def overview(session: Session, organisations: Sequence[UUID]) -> Overview:
    """The figures of these organisations, and the streams of the house."""
    on_their_way = select(func.count(), func.min(OutboxMessage.created_at)).where(
        OutboxMessage.acknowledged_at.is_(None), OutboxMessage.parked_at.is_(None), _belongs_to(organisations)
    )
    parked = select(func.count()).where(OutboxMessage.parked_at.is_not(None), _belongs_to(organisations))
    waiting, since = session.execute(on_their_way).one()
    return Overview(
        waiting=waiting,
        waiting_since=since,
        parked=session.scalar(parked) or 0,
        streams=mail.held_up_streams(session),
        mails=mail.backlog(session, organisations),
    )


def list_parked(
    session: Session, organisations: Sequence[UUID], *, after: Place | None, limit: int
) -> Sequence[OutboxMessage]:
    """Parked messages in the order of their writing, one more than `limit` where there are more."""
    place = tuple_(OutboxMessage.message_id, OutboxMessage.consumer)
    parked = select(OutboxMessage).where(OutboxMessage.parked_at.is_not(None), _belongs_to(organisations))
    if after is not None:
        parked = parked.where(place > after)
    return session.scalars(parked.order_by(place).limit(limit + 1)).all()


def _belongs_to(organisations: Sequence[UUID]) -> ColumnElement[bool]:
    """The outbox knows whose a message is only by its payload."""
    owner = func.jsonb_extract_path_text(OutboxMessage.envelope, "data", "organisation_id")
    return owner.in_([str(organisation) for organisation in organisations])


def send_message_again(session: Session, caller: Principal, message_id: UUID) -> int:
    """Give a parked message its attempts back; to how many consumers it goes, none the second time.

    Raises MessageNotFound, also for another organisation's, and Forbidden.
    """
    row = select(OutboxMessage.envelope).where(OutboxMessage.message_id == message_id).limit(1)
    envelope = session.scalar(row)
    if envelope is None:
        raise MessageNotFound
    must_look_after(caller, UUID(envelope["data"]["organisation_id"]), MessageNotFound)
    return outbox.resend_parked(session, [message_id])


def send_messages_again(session: Session, organisations: Sequence[UUID]) -> int:
    """Give all parked messages of these organisations their attempts back; how many there were."""
    parked = select(OutboxMessage.message_id).where(
        OutboxMessage.parked_at.is_not(None), _belongs_to(organisations)
    )
    return outbox.resend_parked(session, session.scalars(parked).all())


def send_mail_again(session: Session, caller: Principal, mail_id: UUID) -> None:
    """Queue a failed or unknown mail once more. Raises MailNotFound, Forbidden and MailNotSendable."""
    found = session.get(Mail, mail_id)
    if found is None:
        raise mail.MailNotFound
    must_look_after(caller, found.organisation_id, mail.MailNotFound)
    mail.send_again(session, found.event_id, mail_id)


def resume(session: Session, name: str) -> None:
    """Let a held-up stream flow again. Raises StreamNotHeldUp."""
    # Compared here, since what a request names may be a text that no database holds.
    if name not in {stream.name for stream in mail.held_up_streams(session)}:
        raise StreamNotHeldUp
    mail.resume_stream(session, name)


def must_look_after(caller: Principal, organisation_id: UUID, missing: type[NotFound]) -> None:
    """What belongs to another organisation is not there; raises Forbidden for a role that only looks."""
    if organisation_id not in caller.roles:
        raise missing
    caller.must(Right.write, organisation_id)
