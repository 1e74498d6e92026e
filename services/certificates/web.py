"""What the routes of this service depend on."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session

from services.certificates.runtime import Sessions, settings
from shared.kit.access import Principal
from shared.kit.pages import Pages
from shared.kit.web.guards import principal_of_browser, principal_of_token
from shared.kit.web.idempotency import once, read_key
from shared.kit.web.service import transaction_of

transaction = transaction_of(Sessions)
Db = Annotated[Session, Depends(transaction, scope="function")]
KeyAndBody = Annotated[tuple[str, bytes] | None, Depends(read_key)]


def token_principal(request: Request, session: Db) -> Principal:
    return principal_of_token(request, session, settings)


def browser_principal(request: Request, session: Db) -> Principal:
    return principal_of_browser(request, session, settings)


Caller = Annotated[Principal, Depends(token_principal, scope="function")]
Organiser = Annotated[Principal, Depends(browser_principal, scope="function")]


def _remember(who: Callable[..., Principal]) -> Callable[..., None]:
    def remember(
        request: Request,
        session: Db,
        principal: Annotated[Principal, Depends(who, scope="function")],
        key: KeyAndBody,
    ) -> None:
        once(request, session, key, asker=str(principal.account_id))

    return remember


Once = Depends(_remember(token_principal), scope="function")
OnceInBrowser = Depends(_remember(browser_principal), scope="function")

pages = Pages("certificates", ["overview", "verification"], assets_dir=settings.assets_dir)
