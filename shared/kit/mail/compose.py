"""From facts to the message that goes over the wire. Pure: no clock, no database, no network."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import Literal
from uuid import UUID

from shared.kit.clock import utc_now
from shared.kit.database import new_id
from shared.kit.mail.addresses import Mailbox
from shared.kit.mail.headers import POLICY, POLICY_UTF8

KIND_HEADER = "X-Treffpunkt-Kind"

# RFC 5321, 4.5.3.1.6: longer lines are cut or refused on the way. Quoted-printable never has them.
TEXT_ENCODING = "quoted-printable"


@dataclass(frozen=True)
class Attachment:
    """A file of the mail; `media_type` like `application/pdf`."""

    filename: str
    content: bytes
    media_type: str = "application/pdf"


@dataclass(frozen=True)
class Calendar:
    """An iCalendar object (RFC 5545) and what to do with it (iTIP, RFC 5546)."""

    content: bytes
    method: Literal["REQUEST", "CANCEL"] = "REQUEST"
    filename: str = "invitation.ics"


def new_message_id(sender: Mailbox, unique: UUID | None = None) -> str:
    """`<uuid@domain of the sender>`: fixed when a mail is queued, the same when it is sent again."""
    return f"<{unique or new_id()}@{sender.domain}>"


def compose(
    *,
    to: Mailbox,
    subject: str,
    text: str,
    html: str | None = None,
    reply_to: Mailbox,
    sender: Mailbox,
    message_id: str | None = None,
    locale: str,
    attachments: Sequence[Attachment] = (),
    calendar: Calendar | None = None,
    kind: str,
    date: datetime | None = None,
) -> EmailMessage:
    """Build one mail to one person (RFC 5322, MIME).

    `html` and `calendar` are alternatives to `text`; the calendar is also attached as a file, for
    programs that show no invitation. `kind` is the service's word for this sort of mail, such as
    `ticket`. Raises ValueError, with a sentence, for a subject of more than one line.
    """
    message = EmailMessage(policy=POLICY_UTF8 if _needs_smtputf8(to, reply_to, sender) else POLICY)
    message["From"] = sender.for_header()
    message["To"] = to.for_header()
    message["Reply-To"] = reply_to.for_header()
    message["Subject"] = _one_line(subject)
    message["Date"] = date or utc_now()
    message["Message-ID"] = message_id or new_message_id(sender)
    # RFC 3834: asks automatic answers (away notes) to stay away from the organiser's Reply-To.
    message["Auto-Submitted"] = "auto-generated"
    message[KIND_HEADER] = _one_line(kind)
    _write_alternatives(message, text, html, calendar)
    _attach(message, attachments, calendar)
    # Last, since adding parts moves or drops what begins with Content-.
    message["Content-Language"] = locale
    return message


def _needs_smtputf8(*mailboxes: Mailbox) -> bool:
    return any(mailbox.needs_smtputf8 for mailbox in mailboxes)


def _one_line(text: str) -> str:
    if len(text.splitlines()) > 1 or text.endswith(("\r", "\n")):
        raise ValueError("A subject stands on one line.")
    return text


def _write_alternatives(
    message: EmailMessage, text: str, html: str | None, calendar: Calendar | None
) -> None:
    """In rising order of preference (RFC 2046, 5.1.4): plain text, HTML, invitation."""
    message.set_content(text, cte=TEXT_ENCODING)
    if html is not None or calendar is not None:
        message.make_alternative(boundary=_boundary())
    if html is not None:
        message.add_alternative(html, subtype="html", cte=TEXT_ENCODING)
    if calendar is not None:
        # The method must stand in the header too (RFC 6047, 2.4): mail programs look nowhere else.
        message.add_alternative(
            calendar.content.decode(), subtype="calendar", cte="base64", params={"method": calendar.method}
        )


def _attach(message: EmailMessage, attachments: Sequence[Attachment], calendar: Calendar | None) -> None:
    files = list(attachments)
    if calendar is not None:
        files.append(Attachment(calendar.filename, calendar.content, "application/ics"))
    if files:
        message.make_mixed(boundary=_boundary())
    for file in files:
        maintype, _, subtype = file.media_type.partition("/")
        message.add_attachment(file.content, maintype=maintype, subtype=subtype, filename=file.filename)


def _boundary() -> str:
    """What no part contains: neither quoted-printable nor base64 ever writes `=_` (RFC 2045, 6.7)."""
    return f"=_{new_id().hex}"
