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

# Seconds to wait for a server: longer than a busy machine ever needs, or just as long as a silent one deserves.
PATIENT, HASTY = 10.0, 0.2


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
        "timeout": PATIENT,
        "final_timeout": PATIENT,
    }
    return SmtpSettings(**{**facts, **changes})


def send(
    sessions: Sessions, server: Script, moment: float = 0, *, timeout: float = PATIENT, **options: Any
) -> SendReport:
    settings = settings_of(server, timeout=timeout, final_timeout=timeout)
    return send_due(sessions, settings, **{"pace": PACE, "now": at(moment), **options})


def the_mail(sessions: Sessions) -> Mail:
    with sessions() as session:
        return session.query(Mail).one()
