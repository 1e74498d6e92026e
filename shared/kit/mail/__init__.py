"""Mail: compose a message, queue it with the change that it tells of, send what is due.

Nothing here imports a web framework, Celery or Jinja2, so that service functions may queue mails.
"""

from shared.kit.mail.addresses import Mailbox
from shared.kit.mail.compose import Attachment, Calendar, compose, new_message_id
from shared.kit.mail.jobs import sender_of
from shared.kit.mail.letters import Address, Letter, post, reply_address
from shared.kit.mail.models import Mail, MailStream, Policy, State
from shared.kit.mail.outgoing import (
    Backlog,
    MailNotFound,
    MailNotSendable,
    NewMail,
    StuckMail,
    backlog,
    count_mails,
    forget,
    forget_event,
    held_up_streams,
    list_mails,
    list_stuck,
    list_unsent,
    purge,
    queue,
    resume_stream,
    send_again,
    suppress,
    withhold,
)
from shared.kit.mail.sender import OnResult, Pace, SendReport, recover, send_due, without_addresses
from shared.kit.mail.smtp import SmtpSettings
from shared.kit.mail.texts import Body, Link, Part, paragraphs
from shared.kit.mail.throttle import Throttle, limit_speed

__all__ = [
    "Address",
    "Attachment",
    "Backlog",
    "Body",
    "Calendar",
    "Letter",
    "Link",
    "Mail",
    "MailNotFound",
    "MailNotSendable",
    "MailStream",
    "Mailbox",
    "NewMail",
    "OnResult",
    "Pace",
    "Part",
    "Policy",
    "SendReport",
    "SmtpSettings",
    "State",
    "StuckMail",
    "Throttle",
    "backlog",
    "compose",
    "count_mails",
    "forget",
    "forget_event",
    "held_up_streams",
    "limit_speed",
    "list_mails",
    "list_stuck",
    "list_unsent",
    "new_message_id",
    "paragraphs",
    "post",
    "purge",
    "queue",
    "recover",
    "reply_address",
    "resume_stream",
    "send_again",
    "send_due",
    "sender_of",
    "suppress",
    "withhold",
    "without_addresses",
]
