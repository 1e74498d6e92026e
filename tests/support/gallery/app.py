"""A page with every macro of the kit on it, so that they are seen and judged without a service."""

from datetime import UTC, datetime
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from shared.errors import FieldError, Invalid, NotFound
from shared.kit.pages import FormState, Link, Pages, Site, mount_static
from shared.kit.validation import CHOOSE, EMAIL, FILL_IN

FIELDS = ("first_name", "email", "category", "meal", "topics", "wishes", "privacy")
ROWS = [("Ada Muster", "Bestätigt", "success"), ("Nguyễn Thị Ánh", "Warteliste", "warning")]

pages = Pages(
    "gallery",
    ["show"],
    site=Site(imprint="/imprint", privacy="/privacy"),
    root=Path(__file__).parent,
)


def show(request: Request) -> Response:
    return _page(request, FormState())


async def submit(request: Request) -> Response:
    typed = dict(await request.form())
    sentences = {"email": EMAIL, "category": CHOOSE}
    empty = [name for name in FIELDS if not typed.get(name)]
    problem = Invalid([FieldError(name, sentences.get(name, FILL_IN)) for name in empty])
    return _page(request, FormState.refused(typed, problem), 422 if empty else 200)


def organiser(request: Request) -> Response:
    subnav = [Link("Anmeldungen", "/organiser"), Link("Namensschilder", "/organiser/badges")]
    return _page(request, FormState(), organiser="Mira Beispiel", subnav=subnav)


def missing(request: Request) -> Response:
    return pages.problem(request, NotFound())


def rows(request: Request) -> Response:
    return pages.render(request, "show/rows.html", rows=ROWS)


def _page(request: Request, form: FormState, status: int = 200, **context: object) -> Response:
    return pages.render(
        request,
        "show/page.html",
        status,
        form=form,
        rows=ROWS,
        starts_at=datetime(2022, 11, 24, 8, 30, tzinfo=UTC),
        ends_at=datetime(2022, 11, 24, 15, 15, tzinfo=UTC),
        **context,
    )


def make_app() -> Starlette:
    app = Starlette()
    app.add_route("/show", show, methods=["GET"])
    app.add_route("/show", submit, methods=["POST"])
    app.add_route("/rows", rows)
    app.add_route("/organiser", organiser)
    app.add_route("/missing", missing)
    mount_static(app, "gallery")
    return app
