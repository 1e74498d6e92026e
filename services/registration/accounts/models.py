from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.registration.database import Base
from shared.kit.database import Id


class Organisation(Base):
    """A tenant."""

    __tablename__ = "organisations"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]


class Account(Base):
    """Somebody who signs in. Attendees have no account."""

    __tablename__ = "accounts"

    id: Mapped[Id]
    email: Mapped[str]
    address_key: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    created_at: Mapped[datetime]

    memberships: Mapped[list["Membership"]] = relationship(order_by="Membership.created_at")


class Membership(Base):
    """An account's role in an organisation."""

    __tablename__ = "memberships"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    role: Mapped[str]
    created_at: Mapped[datetime]

    organisation: Mapped[Organisation] = relationship()

    __table_args__ = (
        CheckConstraint("role IN ('owner', 'organiser', 'door', 'viewer')", name="role"),
        Index("ix_memberships_account_id", "account_id"),
    )


class SignIn(Base):
    """A browser's or a program's standing permission; its id is what the other services hear when it ends."""

    __tablename__ = "sign_ins"

    id: Mapped[Id]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    kind: Mapped[str]
    name: Mapped[str] = mapped_column(default="")
    scopes: Mapped[list[Any]] = mapped_column(default=list)
    secret_hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    """SHA-256 of what the browser shows when it renews; a token renews nothing."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship()

    __table_args__ = (
        CheckConstraint("kind IN ('browser', 'token')", name="kind"),
        Index("ix_sign_ins_account_id", "account_id"),
    )
