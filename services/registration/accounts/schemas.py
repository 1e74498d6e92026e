"""Shapes of accounts and tokens, as the API takes and gives them."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from services.registration.signup.names import clean_line
from shared.kit.access import Right

TokenName = Annotated[str, Field(max_length=100), AfterValidator(clean_line)]


class TokenRequest(BaseModel):
    """Credentials for a token; without scopes it may do all that the account may."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"email": "anna@example.org", "password": "…", "name": "import"}},
    )

    email: str = Field(max_length=320)
    password: str = Field(max_length=500, repr=False)
    name: TokenName = ""
    scopes: tuple[Right, ...] = tuple(Right)
    days: int = Field(default=30, ge=1, le=366)


class TokenOut(BaseModel):
    """What is known of a token."""

    id: UUID
    name: str
    scopes: list[Right]
    created_at: AwareDatetime
    expires_at: AwareDatetime


class NewToken(TokenOut):
    """A token, shown once: send it as `Authorization: Bearer …`."""

    token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105  # The scheme's name (RFC 6750), no password.
