"""An organisation's own layouts and pictures, and which layout an event's badges have."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.certificates.database import Base
from shared.kit.database import Id, Version


class OwnLayout(Base):
    """A layout of an organisation; `content` is checked JSON."""

    __tablename__ = "layouts"

    layout_id: Mapped[Id]
    organisation_id: Mapped[UUID]
    name: Mapped[str]
    version: Mapped[Version]
    content: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("organisation_id", "name"),)


class LayoutChoice(Base):
    """The layout of an event's badges: one of the gallery or of the organisation, by name."""

    __tablename__ = "layout_choices"

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID]
    version: Mapped[Version]
    name: Mapped[str]


class LayoutImage(Base):
    """A picture for layouts, as a PDF takes it (`services.certificates.documents.pictures`)."""

    __tablename__ = "layout_images"

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    width: Mapped[int]
    height: Mapped[int]
    encoding: Mapped[str]
    is_grey: Mapped[bool]
    data: Mapped[bytes] = mapped_column(deferred=True)
