"""Document runs by REST: badges, sign-in sheets and evidence lists are ordered, drawn and fetched alike."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.certificates.copies.models import Event
from services.certificates.printing.schemas import BadgeRunIn
from services.certificates.printing.service import must_be_printable
from services.certificates.runs.models import FILE_NAMES, DocumentRun, Kind, State
from services.certificates.runs.schemas import RUN_EXAMPLE, ProblemOut, RunIn, RunOut
from services.certificates.runs.service import cancel, file_of, find_run, order
from services.certificates.web import EventToChange, EventToRead, pdf
from shared.kit.web.dependencies import Db, OnceForToken
from shared.kit.web.idempotency import IdempotentRoute

EVENT = "/certificates/api/v1/events/{event}"
COLLECTIONS = {
    Kind.BADGES: "badge-runs",
    Kind.EVIDENCE_LIST: "evidence-lists",
    Kind.SIGN_IN_SHEET: "sign-in-sheets",
}

router = APIRouter(prefix=EVENT, tags=["papers"], route_class=IdempotentRoute)


@router.post(
    "/badge-runs",
    status_code=202,
    dependencies=[OnceForToken],
    summary="Order badges, each on a page or several on a sheet",
)
def order_badge_runs(
    event: EventToChange, response: Response, session: Db, wanted: BadgeRunIn | None = None
) -> RunOut:
    wish = wanted or BadgeRunIn()
    must_be_printable(session, event, wish)
    run = order(session, event, Kind.BADGES, locale=wish.locale, options=wish.options)
    response.headers["Location"] = address_of(event, run)
    return shown(event, run)


def _add_order(kind: Kind, collection: str) -> None:
    def order_paper(
        event: EventToChange, response: Response, session: Db, wanted: RunIn | None = None
    ) -> RunOut:
        run = order(session, event, kind, locale=wanted.locale if wanted else None)
        response.headers["Location"] = address_of(event, run)
        return shown(event, run)

    router.add_api_route(
        f"/{collection}",
        order_paper,
        methods=["POST"],
        status_code=202,
        dependencies=[OnceForToken],
        name=f"order_{_name(collection)}",
        summary=f"Order one of the {_words(collection)}",
        responses={202: {"content": {"application/json": {"example": _queued(kind)}}}},
    )


def _add_state(kind: Kind, collection: str) -> None:
    def get_paper(event: EventToRead, run_id: UUID, session: Db) -> RunOut:
        return shown(event, find_run(session, event, kind, run_id))

    router.add_api_route(
        f"/{collection}/{{run_id}}",
        get_paper,
        methods=["GET"],
        name=f"get_{_name(collection)}",
        summary=f"How far one of the {_words(collection)} is",
    )


def _add_cancel(kind: Kind, collection: str) -> None:
    def cancel_paper(event: EventToChange, run_id: UUID, session: Db) -> RunOut:
        return shown(event, cancel(session, find_run(session, event, kind, run_id)))

    router.add_api_route(
        f"/{collection}/{{run_id}}/cancel",
        cancel_paper,
        methods=["POST"],
        dependencies=[OnceForToken],
        name=f"cancel_{_name(collection)}",
        summary=f"Cancel one of the {_words(collection)} that is not drawn yet",
        responses={200: {"content": {"application/json": {"example": _cancelled(kind)}}}},
    )


def _add_file(kind: Kind, collection: str, file: str, *, is_listed: bool) -> None:
    def get_file(event: EventToRead, run_id: UUID, session: Db) -> Response:
        return pdf(file_of(find_run(session, event, kind, run_id)), FILE_NAMES[kind])

    router.add_api_route(
        f"/{collection}/{{run_id}}/{file}",
        get_file,
        methods=["GET"],
        name=f"get_{_name(collection)}_{file.partition('.')[0]}",
        summary=f"The PDF of one of the {_words(collection)}",
        response_class=Response,
        responses={200: {"content": {"application/pdf": {}}}},
        include_in_schema=is_listed,
    )


def _name(collection: str) -> str:
    return collection.replace("-", "_")


def _words(collection: str) -> str:
    return collection.replace("-", " ")


def address_of(event: Event, run: DocumentRun) -> str:
    """Where the state of a run is read."""
    return f"{EVENT.format(event=event.slug)}/{COLLECTIONS[Kind(run.kind)]}/{run.run_id}"


def shown(event: Event, run: DocumentRun) -> RunOut:
    """A run as the API shows it."""
    is_done = run.state == State.DONE.value
    return RunOut(
        id=run.run_id,
        kind=Kind(run.kind),
        state=State(run.state),
        requested_at=run.requested_at,
        finished_at=run.finished_at,
        pages=run.pages,
        persons=run.persons,
        drawn=run.drawn,
        total=run.total,
        waits_for=run.waits_for,
        problems=[ProblemOut(**problem) for problem in run.problems],
        file=f"{address_of(event, run)}/{FILE_NAMES[Kind(run.kind)]}" if is_done else None,
        sha256=run.sha256,
    )


def _queued(kind: Kind) -> dict[str, Any]:
    return RUN_EXAMPLE | {
        "kind": kind.value,
        "state": State.QUEUED.value,
        "finished_at": None,
        "pages": 0,
        "persons": 0,
        "drawn": 0,
        "total": 0,
        "file": None,
        "sha256": None,
    }


def _cancelled(kind: Kind) -> dict[str, Any]:
    return _queued(kind) | {"state": State.CANCELLED.value}


for _kind, _collection in COLLECTIONS.items():
    if _kind is not Kind.BADGES:
        _add_order(_kind, _collection)
    _add_state(_kind, _collection)
    _add_cancel(_kind, _collection)
    _add_file(_kind, _collection, FILE_NAMES[_kind], is_listed=True)
    _add_file(_kind, _collection, "file", is_listed=False)
