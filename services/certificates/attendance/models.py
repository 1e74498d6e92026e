"""An event's rules: who is due a confirmation, when they are mailed, and what stands on the papers."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from services.certificates.attendance.rule import (
    AttendanceRule,
    Changes,
    Delivery,
    MailingStart,
    Offer,
    SessionShare,
)
from services.certificates.confirmations.kinds import Kind
from services.certificates.database import Base
from shared.kit.database import Version


class Rules(Base):
    """The rules of one event. An event without a row has the defaults, and nothing is mailed unseen."""

    __tablename__ = "rules"

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID]
    version: Mapped[Version]
    min_share_of_programme: Mapped[Decimal] = mapped_column(Numeric(5, 4), default=Decimal("0.75"))
    count_open_stays: Mapped[bool] = mapped_column(default=True)
    hold_open_stays: Mapped[bool] = mapped_column(default=False)
    mailing_start: Mapped[str] = mapped_column(default=MailingStart.AFTER_REVIEW.value)
    mailing_delay_minutes: Mapped[int] = mapped_column(default=0)
    funding_reference: Mapped[str] = mapped_column(default="")
    number_prefix: Mapped[str] = mapped_column(default="")
    offers: Mapped[list[Any]] = mapped_column(default=lambda: [{"kind": "attendance", "categories": []}])
    required_sessions: Mapped[list[Any]] = mapped_column(default=list)
    own_confirmations: Mapped[list[Any]] = mapped_column(default=list)
    changes: Mapped[str] = mapped_column(default=Changes.ASK.value)
    delivery: Mapped[str] = mapped_column(default=Delivery.ATTACHMENT.value)

    __table_args__ = (
        CheckConstraint("min_share_of_programme BETWEEN 0 AND 1", name="share"),
        CheckConstraint("mailing_delay_minutes >= 0", name="delay"),
    )

    @property
    def attendance_rule(self) -> AttendanceRule:
        return AttendanceRule(
            self.min_share_of_programme,
            self.count_open_stays,
            self.hold_open_stays,
            offers=tuple(Offer(Kind(each["kind"]), frozenset(each["categories"])) for each in self.offers),
            required_sessions=_shares(self.required_sessions),
            own_confirmations=_shares(self.own_confirmations),
        )


def _shares(stored: list[Any]) -> tuple[SessionShare, ...]:
    return tuple(SessionShare(each["session"], Decimal(str(each["min_share"]))) for each in stored)


class PaperDecision(Base):
    """An organiser's word about one paper of one person (`attendance`, `session:keynote`), instead of the rule's."""

    __tablename__ = "paper_decisions"

    registration_id: Mapped[UUID] = mapped_column(primary_key=True)
    paper: Mapped[str] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID]
    event_id: Mapped[UUID] = mapped_column(index=True)
    is_in: Mapped[bool]
    reason: Mapped[str]
    author: Mapped[str]
    decided_at: Mapped[datetime]
