"""What the API gives about signed lists."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

SIGNED_EXAMPLE: dict[str, Any] = {
    "id": "0198c5a0-0000-7000-8000-000000000003",
    "kind": "sign-in-sheet",
    "name": "thursday-morning.pdf",
    "media_type": "application/pdf",
    "size": 1834022,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "uploaded_at": "2022-11-25T09:12:00Z",
    "uploaded_by": "organiser@example.org",
}


class SignedListOut(BaseModel):
    """A scan of a signed list: what it is, its checksum, and who uploaded it when."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [SIGNED_EXAMPLE]})

    id: UUID = Field(validation_alias="list_id")
    kind: str
    name: str
    media_type: str
    size: int
    sha256: str
    uploaded_at: datetime
    uploaded_by: str
