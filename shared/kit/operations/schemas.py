"""What the API gives about messages and mails that wait or are stuck."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.kit.access import Principal, Right
from shared.kit.mail import Backlog, MailStream, StuckMail, without_addresses
from shared.kit.operations.service import Overview
from shared.kit.outbox import OutboxMessage

STREAM_EXAMPLE: dict[str, Any] = {
    "name": "treffpunkt@example.org via mail.example.org:587",
    "state": "stopped",
    "reason": "535 5.7.8 Authentication credentials invalid",
    "since": "2022-11-24T08:00:00Z",
    "next_try_at": None,
}
OVERVIEW_EXAMPLE: dict[str, Any] = {
    "messages": {"waiting": 3, "waiting_since": "2022-11-24T08:00:00Z", "parked": 1},
    "mails": {"queued": 12, "queued_since": "2022-11-24T08:00:00Z", "failed": 1, "unknown": 0},
    "streams": [STREAM_EXAMPLE],
}
PARKED_EXAMPLE: dict[str, Any] = {
    "id": "0198c5a0-0000-7000-8000-000000000001",
    "name": "registration.registration_confirmed.v1",
    "consumer": "certificates",
    "aggregate": "registration",
    "subject": "0198c5a0-0000-7000-8000-000000000002",
    "reason": "unknown name or version",
    "attempts": 12,
    "created_at": "2022-11-24T08:00:00Z",
    "parked_at": "2022-11-24T09:02:00Z",
}
MAIL_EXAMPLE: dict[str, Any] = {
    "id": "0198c5a0-0000-7000-8000-000000000003",
    "event": "0198c5a0-0000-7000-8000-000000000004",
    "registration": "0198c5a0-0000-7000-8000-000000000002",
    "kind": "ticket",
    "recipient": "lisbeth.wieloch@example.org",
    "state": "failed",
    "answer": "550 5.1.1 User unknown",
    "attempts": 1,
    "queued_at": "2022-11-24T08:00:00Z",
    "next_try_at": None,
    "can_be_sent_again": True,
}


class MessagesOut(BaseModel):
    """Messages to the other services; `waiting_since` is when the oldest waiting one was written."""

    waiting: int
    waiting_since: datetime | None
    parked: int


class MailsOut(BaseModel):
    """Mails that have not left."""

    queued: int
    queued_since: datetime | None
    failed: int
    unknown: int
    """Nobody knows whether these arrived."""

    @classmethod
    def of(cls, backlog: Backlog) -> "MailsOut":
        return cls.model_validate(backlog, from_attributes=True)


class StreamOut(BaseModel):
    """Why no mail leaves. A `stopped` stream waits for a person, a `paused` one goes on by itself."""

    model_config = ConfigDict(json_schema_extra={"examples": [STREAM_EXAMPLE]})

    name: str
    state: Literal["stopped", "paused"]
    reason: str
    since: datetime
    next_try_at: datetime | None

    @classmethod
    def of(cls, stream: MailStream) -> "StreamOut":
        return cls(
            name=stream.name,
            state="stopped" if stream.stopped_at else "paused",
            reason=stream.reason,
            since=stream.since,
            next_try_at=None if stream.stopped_at else stream.pause_until,
        )


class OperationsOut(BaseModel):
    """How much of this service's work waits or is stuck."""

    model_config = ConfigDict(json_schema_extra={"examples": [OVERVIEW_EXAMPLE]})

    messages: MessagesOut
    mails: MailsOut
    streams: list[StreamOut]

    @classmethod
    def of(cls, overview: Overview) -> "OperationsOut":
        return cls(
            messages=MessagesOut.model_validate(overview, from_attributes=True),
            mails=MailsOut.of(overview.mails),
            streams=[StreamOut.of(stream) for stream in overview.streams],
        )


class ParkedMessageOut(BaseModel):
    """A message that its consumer could not take, and why; it is sent no more until somebody says so."""

    model_config = ConfigDict(json_schema_extra={"examples": [PARKED_EXAMPLE]})

    id: UUID
    name: str
    consumer: str
    aggregate: str
    subject: UUID
    reason: str
    attempts: int
    created_at: datetime
    parked_at: datetime

    @classmethod
    def of(cls, message: OutboxMessage) -> "ParkedMessageOut":
        return cls(
            id=message.message_id,
            name=message.name,
            consumer=message.consumer,
            aggregate=message.aggregate,
            subject=message.subject,
            reason=message.error or "",
            attempts=message.attempts,
            created_at=message.created_at,
            parked_at=message.parked_at or message.created_at,
        )


class StuckMailOut(BaseModel):
    """A mail that did not leave. `queued` means that the server has put it off until `next_try_at`.

    Who may not read registrations gets the recipient without the part before the @.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [MAIL_EXAMPLE]})

    id: UUID
    event: UUID | None
    registration: UUID | None
    kind: str
    recipient: str
    state: Literal["queued", "failed", "unknown"]
    answer: str
    attempts: int
    queued_at: datetime
    next_try_at: datetime | None
    can_be_sent_again: bool

    @classmethod
    def of(cls, stuck: StuckMail, caller: Principal) -> "StuckMailOut":
        mail, may_read = stuck.mail, caller.may(Right.read, stuck.mail.organisation_id)
        answer = mail.last_reply or ""
        return cls(
            id=mail.id,
            event=mail.event_id,
            registration=mail.about_id,
            kind=mail.kind,
            recipient=mail.recipient if may_read else f"…@{mail.recipient.rpartition('@')[2]}",
            state=mail.state,
            answer=answer if may_read else without_addresses(answer),
            attempts=mail.attempts,
            queued_at=mail.queued_at,
            next_try_at=mail.not_before if mail.state == "queued" else None,
            can_be_sent_again=stuck.can_be_sent_again,
        )


class SentAgainOut(BaseModel):
    """How many go again."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"sent_again": 1}]})

    sent_again: int
