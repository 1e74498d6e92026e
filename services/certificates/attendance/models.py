"""An event's rules: who is due a confirmation, when they are mailed, and what stands on the papers."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from services.certificates.attendance.rule import AttendanceRule, MailingStart
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

    __table_args__ = (
        CheckConstraint("min_share_of_programme BETWEEN 0 AND 1", name="share"),
        CheckConstraint("mailing_delay_minutes >= 0", name="delay"),
    )

    @property
    def attendance_rule(self) -> AttendanceRule:
        return AttendanceRule(self.min_share_of_programme, self.count_open_stays, self.hold_open_stays)
