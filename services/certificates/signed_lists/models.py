"""Lists that people have signed by hand, scanned and kept as evidence."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.certificates.database import Base
from shared.kit.database import Id


class SignedList(Base):
    """One scan. `kind` is that of the paper that was signed, `file` its place, `uploaded_by` an account's name."""

    __tablename__ = "signed_lists"

    list_id: Mapped[Id]
    organisation_id: Mapped[UUID]
    event_id: Mapped[UUID] = mapped_column(index=True)
    kind: Mapped[str]
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    file: Mapped[str]
    uploaded_at: Mapped[datetime]
    uploaded_by: Mapped[str]
