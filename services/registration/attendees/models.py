from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from services.registration.database import Base
from shared.kit.database import Id


class ChangeLink(Base):
    """A link by which an attendee may change the registration once, within minutes."""

    __tablename__ = "change_links"

    id: Mapped[Id]
    organisation_id: Mapped[UUID]
    registration_id: Mapped[UUID] = mapped_column(ForeignKey("registrations.id", ondelete="CASCADE"))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_change_links_registration_id", "registration_id"),)


class Confirmation(Base):
    """Our copy of a confirmation of attendance that certificates issued."""

    __tablename__ = "confirmations"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID]
    event_id: Mapped[UUID]
    registration_id: Mapped[UUID] = mapped_column(index=True)
    number: Mapped[str]
    attended_minutes: Mapped[int]
    issued_at: Mapped[datetime]
    sequence: Mapped[int]
