from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from services.registration.accounts import service
from services.registration.accounts.models import SignIn
from services.registration.accounts.schemas import NewToken, TokenOut, TokenRequest
from services.registration.runtime import settings
from services.registration.web import Machine, throttle
from shared.errors import Forbidden
from shared.kit.access import Principal, Right
from shared.kit.web.dependencies import Db, TokenUser

router = APIRouter(prefix="/registration/api/v1/tokens", tags=["tokens"])


def token_manager(user: TokenUser) -> Principal:
    """Whoever finds a door's phone must not be able to end the organiser's own tokens."""
    if Right.manage not in user.scopes:
        raise Forbidden
    return user


TokenManager = Annotated[Principal, Depends(token_manager, scope="function")]


@router.post("", status_code=201)
def issue_token(request: TokenRequest, response: Response, session: Db, machine: Machine) -> NewToken:
    """A token for programs, by mail address and password."""
    account = service.sign_in(session, throttle, request.email, request.password, machine=machine)
    issued = service.issue_token(
        session,
        account,
        settings.access_private_key,
        name=request.name,
        scopes=request.scopes,
        life=timedelta(days=request.days),
    )
    response.headers["Cache-Control"] = "no-store"
    return NewToken(token=issued.token, **_described(issued.sign_in).model_dump())


@router.get("")
def list_tokens(session: Db, user: TokenManager) -> list[TokenOut]:
    """One's own tokens that still work. For tokens with the scope `manage`."""
    return [_described(sign_in) for sign_in in service.list_tokens(session, user)]


@router.delete("/current", status_code=204)
def revoke_this_token(session: Db, user: TokenUser) -> None:
    """End the token that this request was sent with."""
    service.revoke_token(session, user, user.session_id)


@router.delete("/{token_id}", status_code=204)
def revoke_token(token_id: UUID, session: Db, user: TokenManager) -> None:
    """End one of one's own tokens; within seconds no service takes it any more. With the scope `manage`."""
    service.revoke_token(session, user, token_id)


def _described(sign_in: SignIn) -> TokenOut:
    return TokenOut.model_validate(sign_in, from_attributes=True)
