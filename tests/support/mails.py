"""Mails for tests, and a sender in a hurry."""

from datetime import UTC, datetime, timedelta
from typing import Any

from shared.kit.clock import Clock
from shared.kit.database import Sessions, new_id
from shared.kit.mail import (
    Mail,
    Mailbox,
    NewMail,
    Pace,
    SendReport,
    SmtpSettings,
    compose,
    queue,
    send_due,
)
from tests.support.facts import EVENT, ORGANISATION
from tests.support.scripted_smtp import Script

START = datetime(2026, 1, 1, tzinfo=UTC)
SENDER = Mailbox("treffpunkt@example.org", "Treffpunkt")
ORGANISER = Mailbox("treffen@example.org", "Büro, Treffen")
LISBETH = Mailbox("lisbeth.wieloch@example.org", "Lisbeth Wieloch")

# Every pause is told apart by its length.
PACE = Pace(
    lease=timedelta(seconds=60),
    first_retry=timedelta(seconds=10),
    longest_retry=timedelta(seconds=100),
    most_attempts=5,
    first_pause=timedelta(seconds=3),
    longest_pause=timedelta(seconds=10),
    unknown_pause=timedelta(seconds=30),
)


def at(seconds: float) -> Clock:
    return lambda: START + timedelta(seconds=seconds)


def a_message(**facts: Any) -> Any:
    defaults: dict[str, Any] = {
        "to": LISBETH,
        "subject": "Ihr Ticket",
        "text": "Guten Tag",
        "reply_to": ORGANISER,
        "sender": SENDER,
        "locale": "de",
        "kind": "ticket",
        "date": START,
    }
    return compose(**{**defaults, **facts})


def a_mail(*, message: dict[str, Any] | None = None, **facts: Any) -> NewMail:
    defaults: dict[str, Any] = {
        "organisation_id": ORGANISATION,
        "event_id": EVENT,
        "about_id": new_id(),
        "dedup_key": str(new_id()),
    }
    return NewMail(message=a_message(**(message or {})), **{**defaults, **facts})


def put(sessions: Sessions, *mails: NewMail) -> None:
    with sessions.begin() as session:
        for mail in mails:
            assert queue(session, mail, now=at(0))


def mail_to(address: str, **facts: Any) -> NewMail:
    return a_mail(message={"to": Mailbox(address)}, **facts)


def settings_of(server: Script, **changes: Any) -> SmtpSettings:
    facts: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": server.port,
        "mail_from": "Treffpunkt <treffpunkt@example.org>",
        "timeout": 0.2,
        "final_timeout": 0.2,
    }
    return SmtpSettings(**{**facts, **changes})


def send(sessions: Sessions, server: Script, moment: float = 0, **options: Any) -> SendReport:
    return send_due(sessions, settings_of(server), **{"pace": PACE, "now": at(moment), **options})


def the_mail(sessions: Sessions) -> Mail:
    with sessions() as session:
        return session.query(Mail).one()
