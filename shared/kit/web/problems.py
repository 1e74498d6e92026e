"""The one place that turns errors into answers: RFC 9457 problems for programs, pages for people."""

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pydantic import BaseModel
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from shared import errors
from shared.errors import FieldError, Invalid, NotReady, ProblemError, TooManyRequests
from shared.kit import i18n
from shared.kit.pages import Pages, locale_of
from shared.kit.validation import sentence_of
from shared.kit.web.guards import SignInNeeded
from shared.kit.web.idempotency import Replay

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:treffpunkt:problem:"
RENEWAL = "/registration/session/renew"


class UnknownField(Invalid):
    """This field is not known here."""


class MethodNotAllowed(ProblemError):
    """This cannot be done here."""

    status = 405


class Unavailable(NotReady):
    """A part of the system is not reachable at the moment. Nothing was lost; please try again."""


class Problem(BaseModel):
    """A problem document (RFC 9457) with our `errors` by field."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[dict[str, str]] | None = None


PROBLEM_RESPONSES: dict[int | str, dict[str, Any]] = {
    code: {"model": Problem, "content": {MEDIA_TYPE: {}}, "description": HTTPStatus(code).phrase}
    for code in (400, 401, 403, 404, 409, 412, 422, 428, 503)
}

BY_STATUS: dict[int, type[ProblemError]] = {
    400: errors.Malformed,
    401: errors.Unauthenticated,
    403: errors.Forbidden,
    404: errors.NotFound,
    405: MethodNotAllowed,
}


def answer_problems(app: FastAPI, pages: Pages) -> Callable[[Request, ProblemError], Response]:
    """Register the handlers of everything that routes, services and the framework raise.

    Returns the function that they all use.
    """

    def answer(request: Request, problem: ProblemError) -> Response:
        if is_for_programs(request):
            return problem_json(request, problem)
        return pages.problem(request, problem)

    def on_problem(request: Request, problem: Exception) -> Response:
        assert isinstance(problem, ProblemError)
        response = answer(request, problem)
        if isinstance(problem, (NotReady, TooManyRequests)):
            response.headers["Retry-After"] = str(problem.retry_after)
        return response

    def on_http(request: Request, problem: Exception) -> Response:
        assert isinstance(problem, HTTPException)
        response = answer(request, _from_http(problem))
        response.headers.update(problem.headers or {})
        return response

    def on_validation(request: Request, problem: Exception) -> Response:
        assert isinstance(problem, RequestValidationError)
        return answer(request, _from_validation(problem.errors()))

    def on_database_away(request: Request, problem: Exception) -> Response:
        log.error("database.away", error=type(problem).__name__)
        return on_problem(request, Unavailable(retry_after=2))

    app.add_exception_handler(ProblemError, on_problem)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(RequestValidationError, on_validation)
    app.add_exception_handler(SignInNeeded, _renew)
    app.add_exception_handler(Replay, _replay)
    app.add_exception_handler(OperationalError, on_database_away)
    app.add_exception_handler(PoolTimeout, on_database_away)
    return answer


def _renew(request: Request, _: Exception) -> Response:
    # 307 keeps method and body: a form that was open too long is not lost.
    return RedirectResponse(f"{RENEWAL}?next={quote(_path_of(request))}", 307)


def _replay(_: Request, replay: Exception) -> Response:
    assert isinstance(replay, Replay)
    return replay.response


def is_for_programs(request: Request) -> bool:
    """Whether the API was asked, which answers in JSON, or a page."""
    return "/api/" in request.url.path


def problem_json(request: Request, problem: ProblemError) -> JSONResponse:
    """The problem as RFC 9457 wants it, in the language that the request asks for."""
    locale = locale_of(request)
    content: dict[str, Any] = {
        "type": TYPE_PREFIX + problem.code(),
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": i18n.gettext(locale, problem.sentence(), **problem.facts),
    }
    if isinstance(problem, Invalid):
        content["errors"] = [
            {"field": error.field, "detail": i18n.gettext(locale, error.sentence)} for error in problem.errors
        ]
    headers = {"Content-Language": locale, "Cache-Control": "no-store"}
    if problem.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(content, problem.status, headers=headers, media_type=MEDIA_TYPE)


def _from_http(problem: HTTPException) -> ProblemError:
    if problem.status_code == 413:
        return errors.TooLarge(limit="1 MB")
    kind = BY_STATUS.get(problem.status_code)
    if kind is None:
        kind = type(
            "HttpProblem", (ProblemError,), {"__doc__": problem.detail, "status": problem.status_code}
        )
    return kind()


def _from_validation(problems: Sequence[Any]) -> ProblemError:
    if any(problem["type"] == "json_invalid" for problem in problems):
        return errors.Malformed()
    return Invalid([_field_error(problem) for problem in problems])


def _field_error(problem: dict[str, Any]) -> FieldError:
    path = [str(part) for part in problem["loc"] if part not in {"body", "query", "path", "header"}]
    is_unknown = problem["type"] == "extra_forbidden"
    return FieldError(
        ".".join(path) or "body", UnknownField.sentence() if is_unknown else sentence_of(problem)
    )


def _path_of(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")
