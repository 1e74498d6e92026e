"""What the agenda's routes depend on: the transaction, who is asking, which event, pages."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Path, Request, Response
from sqlalchemy.orm import Session

from services.agenda.events import service as events
from services.agenda.events.models import Event
from services.agenda.runtime import settings
from shared.errors import Conflict, Invalid, Stale
from shared.kit.access import Principal
from shared.kit.pages import FormState, Pages, Site, event_tabs
from shared.kit.web.caching import etag_of
from shared.kit.web.dependencies import BrowserUser, Db, TokenUser, see_other
from shared.kit.web.idempotency import IdempotentRoute

pages = Pages(
    "agenda", ["events", "networking", "programme"], site=Site.of(settings), assets_dir=settings.assets_dir
)


def event_to_read(event: str, session: Db, caller: TokenUser) -> Event:
    """Raises NotFound, also for a foreign event, and Forbidden."""
    return events.find(session, event, caller)


def event_to_change(event: str, session: Db, caller: TokenUser) -> Event:
    """Likewise; nobody else changes the event meanwhile."""
    return events.find_to_change(session, event, caller)


# `{event}` in a path is the id or the slug.
EventToRead = Annotated[Event, Depends(event_to_read, scope="function")]
EventToChange = Annotated[Event, Depends(event_to_change, scope="function")]


def event_etag(event: Event) -> str:
    """The state that If-Match names; a release belongs to it."""
    return etag_of(event.id, event.version, event.release)


class Route(IdempotentRoute):
    """Answers 304 to a reader who has the state that a GET would show (RFC 9110, 13.1.2)."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def answer_unless_known(request: Request) -> Response:
            response = await answer(request)
            known = request.headers.get("if-none-match", "").replace(" ", "").split(",")
            if request.method == "GET" and response.headers.get("ETag") in known:
                return Response(status_code=304, headers={"ETag": response.headers["ETag"]})
            return response

        return answer_unless_known


def tag(response: Response, etag: str, *, location: str | None = None) -> None:
    """Say which state the answer shows and, of something new, where it stands."""
    response.headers["ETag"] = etag
    if location is not None:
        response.headers["Location"] = location


@dataclass(frozen=True)
class Refused:
    """A form that is shown again: what was typed, why it was refused, and the status of that answer."""

    form: FormState
    status: int


T = TypeVar("T")


def attempt(session: Session, typed: Mapping[str, Any], act: Callable[[], T]) -> T | Refused:
    """What the form asked for, or why not; nothing of a refused attempt stays in the database."""
    try:
        with session.begin_nested():
            return act()
    except Invalid as problem:
        return Refused(FormState.refused(typed, problem), problem.status)
    except (Conflict, Stale) as problem:
        return Refused(FormState(typed, {"": problem.sentence()}), problem.status)


def event_address(event: Event) -> str:
    """The organiser's page of an event."""
    return f"/agenda/events/{event.slug}"


@dataclass(frozen=True)
class EventPage:
    """A page of an event that an organiser asks for, or whose form an organiser sends."""

    request: Request
    session: Session
    caller: Principal
    event: Event

    def show(self, template: str, status: int = 200, **context: Any) -> Response:
        """A page of the event, with its tabs and the organiser's name."""
        return pages.render(
            self.request,
            template,
            status,
            event=self.event,
            address=event_address(self.event),
            organiser=self.caller.name,
            subnav=event_tabs(self.event.slug),
            **context,
        )

    def keep(
        self,
        typed: Mapping[str, Any],
        act: Callable[[], object],
        show: Callable[[FormState, int], Response],
        *,
        version: int | None = None,
    ) -> Response:
        """Do what a form asks and go back to the event; a refused form is shown again.

        A form for something that exists names the `version` that it was made from: another one is refused.
        """
        outcome = attempt(self.session, typed, lambda: _unless_stale(typed, version, act))
        if isinstance(outcome, Refused):
            return show(outcome.form, outcome.status)
        return see_other(event_address(self.event))


def _unless_stale(typed: Mapping[str, Any], version: int | None, act: Callable[[], object]) -> object:
    """The page's If-Match. Raises Stale."""
    if version is not None and typed.get("version") != str(version):
        raise Stale
    return act()


def page_to_read(event: str, request: Request, session: Db, caller: BrowserUser) -> EventPage:
    """For pages that only show."""
    return EventPage(request, session, caller, events.find(session, event, caller))


def page_to_change(event: str, request: Request, session: Db, caller: BrowserUser) -> EventPage:
    """For pages that change; nobody else changes the event meanwhile."""
    return EventPage(request, session, caller, events.find_to_change(session, event, caller))


# PostgreSQL's integer ends there.
PlanNumber = Annotated[int, Path(ge=1, le=2**31 - 1)]
PageToRead = Annotated[EventPage, Depends(page_to_read, scope="function")]
PageToChange = Annotated[EventPage, Depends(page_to_change, scope="function")]
