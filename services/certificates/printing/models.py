"""Printers with their offsets, and what was printed on whose badge."""

from uuid import UUID

from sqlalchemy import Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.certificates.database import Base
from shared.kit.database import Id

# Tenths of a millimetre, up to 99.9.
OFFSET = Numeric(3, 1, asdecimal=False)


class Printer(Base):
    """By how many millimetres a printer's pages have to be moved, to the right and down, on each side."""

    __tablename__ = "printers"

    printer_id: Mapped[Id]
    organisation_id: Mapped[UUID]
    name: Mapped[str]
    front_right: Mapped[float] = mapped_column(OFFSET, default=0)
    front_down: Mapped[float] = mapped_column(OFFSET, default=0)
    back_right: Mapped[float] = mapped_column(OFFSET, default=0)
    back_down: Mapped[float] = mapped_column(OFFSET, default=0)

    __table_args__ = (UniqueConstraint("organisation_id", "name"),)


class PrintedBadge(Base):
    """Whose badge a run holds, the SHA-256 of what is theirs on it, and that of how it looks."""

    __tablename__ = "printed_badges"

    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    registration_id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID]
    content: Mapped[str]
    looks: Mapped[str | None]

    __table_args__ = (Index("ix_printed_badges_person", "event_id", "registration_id"),)
