"""Mails and the streams they go out by. Each service has both tables in its own schema."""

from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.kit.database import Id, KitBase

State = Literal["queued", "claimed", "sending", "sent", "unknown", "failed", "suppressed"]

# What becomes of a mail of which nobody knows whether it arrived: bulk mail is left to the
# organiser, a ticket or a confirmation goes once more (rather twice than never).
Policy = Literal["leave", "again"]


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class Mail(KitBase):
    """One mail to one person, with its whole way from the queue to the receiving server.

    queued → claimed (a sender has it, until `lease_until`) → sending (from just before the final
    dot, when the server may already have taken it) → sent, failed or unknown. `message` is what
    goes over the wire; it is dropped as soon as the mail is sent, so that no copy of a person's
    facts stays. The recipient stays for the organiser's list, until `forget` or `forget_event`.
    """

    __tablename__ = "mails"

    id: Mapped[Id]
    organisation_id: Mapped[UUID]
    event_id: Mapped[UUID | None]
    about_id: Mapped[UUID | None] = mapped_column(index=True)
    kind: Mapped[str]
    recipient: Mapped[str]
    locale: Mapped[str]
    # Deferred: a list of mails must never load megabytes of attachments.
    message: Mapped[bytes | None] = mapped_column(deferred=True, deferred_raiseload=True)
    message_id: Mapped[str]
    dedup_key: Mapped[str] = mapped_column(unique=True)
    policy: Mapped[Policy] = mapped_column(String)
    state: Mapped[State] = mapped_column(String, default="queued")
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime]
    # Whoever claimed the mail last. A sender that comes back after its lease changes nothing.
    claim_id: Mapped[UUID | None]
    lease_until: Mapped[datetime | None]
    queued_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    last_reply: Mapped[str | None]
    # True from the moment a mail that may already have arrived is sent once more.
    is_resend: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        CheckConstraint(_one_of("state", get_args(State)), name="state"),
        CheckConstraint(_one_of("policy", get_args(Policy)), name="policy"),
        CheckConstraint("attempts >= 0", name="attempts"),
        CheckConstraint(
            "(state IN ('claimed', 'sending')) = (lease_until IS NOT NULL)", name="lease_while_in_work"
        ),
        CheckConstraint(
            "state NOT IN ('claimed', 'sending') OR claim_id IS NOT NULL", name="claim_while_in_work"
        ),
        CheckConstraint(
            "state NOT IN ('queued', 'claimed', 'sending') OR message IS NOT NULL", name="message_until_sent"
        ),
        CheckConstraint("state NOT IN ('sent', 'suppressed') OR message IS NULL", name="no_copy_kept"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_at"),
        Index("ix_mails_due", "not_before", postgresql_where=text("state IN ('queued', 'unknown')")),
        Index("ix_mails_lease", "lease_until", postgresql_where=text("state IN ('claimed', 'sending')")),
        Index("ix_mails_event", "event_id", "state"),
    )


class MailStream(KitBase):
    """What holds up all mails of one sender at one server; a stream without a row flows.

    `stopped_at` is set when the server refuses the sender: only a person can mend that, and
    `resume_stream` starts it again. `pause_until` is set when the server cannot be reached.
    """

    __tablename__ = "mail_streams"

    name: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    since: Mapped[datetime]
    failures: Mapped[int] = mapped_column(default=0)
    pause_until: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
