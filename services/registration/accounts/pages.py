from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from services.registration.accounts import service
from services.registration.accounts.service import BROWSER_SESSION_LIFE, WrongCredentials
from services.registration.runtime import settings
from services.registration.web import Machine, pages, throttle
from shared.errors import TooManyRequests
from shared.kit.access import BROWSER_PASS_LIFE
from shared.kit.pages import FormState
from shared.kit.web.dependencies import Db, Form, see_other

router = APIRouter(prefix="/registration", include_in_schema=False)

HOME = "/registration/"
RENEWAL_PATH = "/registration/session"
# `__Secure-` keeps a cookie off plain http; `__Host-` would need it to be sent to every path.
RENEWAL_COOKIE = "__Secure-treffpunkt-renewal" if settings.is_https else "treffpunkt-renewal"

Next = Annotated[str, Query(alias="next")]


@router.get("/sign-in")
def show_sign_in(request: Request) -> Response:
    return pages.render(request, "accounts/sign_in.html", form=FormState())


@router.post("/sign-in")
def sign_in(request: Request, session: Db, form: Form, machine: Machine, next_page: Next = HOME) -> Response:
    try:
        account = service.sign_in(
            session, throttle, form.get("email", ""), form.get("password", ""), machine=machine
        )
    except (WrongCredentials, TooManyRequests) as problem:
        state = FormState({"email": form.get("email", "")}, {"email": problem.sentence()})
        return pages.render(request, "accounts/sign_in.html", problem.status, form=state)
    opened = service.open_browser_session(session, account, settings.access_private_key)
    response = see_other(local(next_page))
    _set_pass(response, opened.access_pass)
    _set_renewal(response, opened.secret)
    return response


@router.post("/sign-out")
def sign_out() -> Response:
    """The cookie that names the session is sent only below `/registration/session`."""
    response = RedirectResponse(f"{RENEWAL_PATH}/end", 307)
    response.delete_cookie(settings.access_cookie, secure=settings.is_https, httponly=True)
    return response


@router.post("/session/end")
def end_session(request: Request, session: Db) -> Response:
    service.close_browser_session(session, request.cookies.get(RENEWAL_COOKIE, ""))
    response = see_other("/registration/sign-in")
    response.delete_cookie(settings.access_cookie, secure=settings.is_https, httponly=True)
    response.delete_cookie(RENEWAL_COOKIE, path=RENEWAL_PATH, secure=settings.is_https, httponly=True)
    return response


@router.api_route("/session/renew", methods=["GET", "POST"])
def renew(request: Request, session: Db, next_page: Next = HOME) -> Response:
    """A fresh pass, and back to where the browser came from, with the form that it sent (307)."""
    secret = request.cookies.get(RENEWAL_COOKIE, "")
    access_pass = service.renew_browser_session(session, secret, settings.access_private_key)
    if access_pass is None:
        # A form cannot wait until somebody has signed in: its page is the next best.
        return see_other(
            f"/registration/sign-in?next={quote(local(next_page) if request.method == 'GET' else HOME)}"
        )
    response = RedirectResponse(local(next_page), 307)
    _set_pass(response, access_pass)
    return response


def local(url: str) -> str:
    """An address on this site, so that nobody is sent elsewhere by a link that looks like ours."""
    is_local = url.startswith("/") and not url.startswith(("//", "/\\")) and url.isprintable()
    return url if is_local else HOME


def _set_pass(response: Response, access_pass: str) -> None:
    response.set_cookie(
        settings.access_cookie,
        access_pass,
        max_age=int(BROWSER_PASS_LIFE.total_seconds()),
        secure=settings.is_https,
        httponly=True,
        samesite="lax",
    )


def _set_renewal(response: Response, secret: str) -> None:
    response.set_cookie(
        RENEWAL_COOKIE,
        secret,
        max_age=int(BROWSER_SESSION_LIFE.total_seconds()),
        path=RENEWAL_PATH,
        secure=settings.is_https,
        httponly=True,
        samesite="lax",
    )
