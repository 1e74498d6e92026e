"""Mails a second into the local SMTP sink, beside smtplib that sends the same ones over one connection."""

import smtplib
import time
from collections.abc import Iterator
from uuid import UUID

from bench.figures import Figure, interleaved
from bench.world import World
from deploy.local.ports import LOOPBACK
from shared.kit.database import make_engine, make_sessions, new_id
from shared.kit.mail import Attachment, Mailbox, NewMail, compose, queue, send_due
from shared.kit.mail.smtp import SmtpSettings

MAILS = 100
# About what a ticket has.
PAPER = b"%PDF-1.7\n" + bytes(range(256)) * 120
FROM = "Treffpunkt <treffpunkt@example.org>"
SENDER = Mailbox.parse(FROM)


def measure(world: World) -> Iterator[Figure]:
    smtp = SmtpSettings(host=LOOPBACK, port=world.stack.ports.smtp, mail_from=FROM, tls="none")
    engine = make_engine(world.stack.postgres.url("certificates"))
    sessions = make_sessions(engine)

    def ours() -> float:
        with sessions.begin() as session:
            for number in range(MAILS):
                queue(session, mail(number))
        started = time.perf_counter()
        report = send_due(sessions, smtp, limit=MAILS)
        if report.sent != MAILS:
            raise RuntimeError(f"not every mail was sent: {report}")
        return MAILS / (time.perf_counter() - started)

    def limit() -> float:
        messages = [mail(number).message for number in range(MAILS)]
        started = time.perf_counter()
        with smtplib.SMTP(LOOPBACK, world.stack.ports.smtp) as server:
            for message in messages:
                server.send_message(message)
        return MAILS / (time.perf_counter() - started)

    with world.quiet():
        sent, alone = interleaved(ours, limit)
    engine.dispose()
    yield Figure("mails a second, beside smtplib", sent, alone)


def mail(number: int) -> NewMail:
    message = compose(
        to=Mailbox(f"person-{number}@example.org", "Jürgen Großkreutz-Müller"),
        subject="Ihr Ticket für das Vernetzungstreffen",
        text="Guten Tag,\n\nIhr Ticket liegt bei.\n" * 10,
        reply_to=SENDER,
        sender=SENDER,
        locale="de",
        attachments=[Attachment("ticket.pdf", PAPER)],
        kind="ticket",
    )
    return NewMail(organisation_id=UUID(int=1), dedup_key=f"bench:{new_id()}", message=message)
