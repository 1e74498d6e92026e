"""Role × route × foreign object: each route has an entry here, or the first test fails."""

from uuid import UUID

import pytest
from fastapi.testclient import TestClient

from services.certificates.confirmations.models import Confirmation
from services.certificates.copies.models import Event
from services.certificates.layouts.service import keep_image
from services.certificates.main import app
from services.certificates.printing.models import Printer
from services.certificates.printing.schemas import PrinterIn
from services.certificates.printing.service import enter_printer
from services.certificates.runs.api import COLLECTIONS
from services.certificates.runs.models import FILE_NAMES, DocumentRun, Kind
from services.certificates.runs.service import draw_next, order
from services.certificates.runtime import Sessions
from services.certificates.signed_lists.models import SignedList
from services.certificates.signed_lists.service import keep
from shared.kit.access import RIGHTS, Right, Role
from shared.kit.database import new_id
from shared.kit.mail import Mail
from tests.services.certificates.api import browser, program, public
from tests.services.certificates.model_event import ModelEvent
from tests.services.certificates.world import every, hear, rule, work
from tests.support.facts import EVENT, ORGANISATION
from tests.support.images import a_png
from tests.support.operations import routes_of
from tests.support.routes import Route, every_route

API = "/certificates/api/v1/events/{event}"
PAGES = "/certificates/events/{event}"
CONFIRMATION = "/confirmations/{confirmation_id}"

OF_AN_EVENT: dict[Route, Right] = {
    ("GET", f"{API}/rules"): Right.read,
    ("PUT", f"{API}/rules"): Right.write,
    ("GET", f"{API}/attendance"): Right.read,
    ("GET", f"{API}/confirmations"): Right.read,
    ("POST", f"{API}/review"): Right.write,
    ("GET", f"{API}{CONFIRMATION}/confirmation.pdf"): Right.read,
    ("POST", f"{API}{CONFIRMATION}/withdraw"): Right.write,
    ("POST", f"{API}{CONFIRMATION}/renew"): Right.write,
    ("POST", f"{API}/go-ahead"): Right.write,
    ("POST", f"{API}/decisions"): Right.write,
    ("GET", f"{API}/mailing"): Right.read,
    ("POST", f"{API}/mailing/bounces"): Right.write,
    **{("POST", f"{API}/{name}"): Right.write for name in COLLECTIONS.values()},
    **{("GET", f"{API}/{name}/{{run_id}}"): Right.read for name in COLLECTIONS.values()},
    **{("GET", f"{API}/{name}/{{run_id}}/file"): Right.read for name in COLLECTIONS.values()},
    **{
        ("GET", f"{API}/{name}/{{run_id}}/{FILE_NAMES[kind]}"): Right.read
        for kind, name in COLLECTIONS.items()
    },
    **{("POST", f"{API}/{name}/{{run_id}}/cancel"): Right.write for name in COLLECTIONS.values()},
    ("GET", f"{API}/sheets"): Right.read,
    ("GET", f"{API}/layouts"): Right.read,
    ("GET", f"{API}/layouts/{{name}}"): Right.read,
    ("PUT", f"{API}/layouts/{{name}}"): Right.write,
    ("DELETE", f"{API}/layouts/{{name}}"): Right.write,
    ("GET", f"{API}/layouts/{{name}}/preview.svg"): Right.read,
    ("GET", f"{API}/badge-layout"): Right.read,
    ("PUT", f"{API}/badge-layout"): Right.write,
    ("GET", f"{API}/layout-images"): Right.read,
    ("GET", f"{API}/layout-images/{{name}}"): Right.read,
    ("PUT", f"{API}/layout-images/{{name}}"): Right.write,
    ("GET", f"{API}/printers"): Right.read,
    ("POST", f"{API}/printers"): Right.write,
    ("PUT", f"{API}/printers/{{printer_id}}"): Right.write,
    ("GET", f"{API}/printers/{{printer_id}}/calibration.pdf"): Right.read,
    ("GET", PAGES): Right.read,
    ("POST", PAGES): Right.write,
    ("GET", f"{PAGES}/papers"): Right.read,
    ("POST", f"{PAGES}/papers/{{kind}}"): Right.write,
    ("GET", f"{PAGES}/papers/{{run_id}}/{{file}}"): Right.read,
    ("GET", f"{PAGES}/attendance"): Right.read,
    ("POST", f"{PAGES}/review"): Right.write,
    ("GET", f"{PAGES}{CONFIRMATION}/confirmation.pdf"): Right.read,
    ("POST", f"{PAGES}{CONFIRMATION}/withdraw"): Right.write,
    ("POST", f"{PAGES}{CONFIRMATION}/renew"): Right.write,
    ("POST", f"{PAGES}/go-ahead"): Right.write,
    ("GET", f"{PAGES}/attendance/review"): Right.read,
    ("GET", f"{PAGES}/attendance/mailing"): Right.read,
    ("GET", f"{PAGES}/attendance/mailing/run"): Right.read,
    ("POST", f"{PAGES}/attendance/mailing/bounced"): Right.write,
    ("POST", f"{PAGES}/attendance/mailing/mails/{{mail_id}}/again"): Right.write,
    ("POST", f"{PAGES}/attendance/mailing{CONFIRMATION}/again"): Right.write,
    ("POST", f"{PAGES}/attendance/review/decisions"): Right.write,
    ("POST", f"{PAGES}/papers/{{run_id}}/cancel"): Right.write,
    ("GET", f"{PAGES}/layouts"): Right.read,
    ("POST", f"{PAGES}/layouts"): Right.write,
    ("GET", f"{PAGES}/layouts/{{name}}"): Right.read,
    ("GET", f"{PAGES}/layouts/{{name}}/preview.svg"): Right.read,
    ("POST", f"{PAGES}/layouts/{{name}}/preview"): Right.read,
    ("POST", f"{PAGES}/layouts/{{name}}"): Right.write,
    ("POST", f"{PAGES}/layouts/{{name}}/remove"): Right.write,
    ("POST", f"{PAGES}/badge-layout"): Right.write,
    ("POST", f"{PAGES}/layout-images"): Right.write,
    ("GET", f"{PAGES}/layout-images/{{name}}"): Right.read,
    ("GET", f"{PAGES}/printing"): Right.read,
    ("POST", f"{PAGES}/printing"): Right.write,
    ("POST", f"{PAGES}/printing/printers"): Right.write,
    ("GET", f"{PAGES}/printing/printers/{{printer_id}}"): Right.read,
    ("POST", f"{PAGES}/printing/printers/{{printer_id}}"): Right.write,
    ("GET", f"{PAGES}/printing/printers/{{printer_id}}/calibration.pdf"): Right.read,
    ("GET", f"{API}/signed-lists"): Right.read,
    ("POST", f"{API}/signed-lists"): Right.write,
    ("GET", f"{API}/signed-lists/{{list_id}}/file"): Right.read,
    ("GET", f"{PAGES}/signed-lists"): Right.read,
    ("POST", f"{PAGES}/signed-lists"): Right.write,
    ("GET", f"{PAGES}/signed-lists/{{list_id}}/file"): Right.read,
    # What these remove the others need; nobody looks at it after the first.
    ("DELETE", f"{API}/layout-images/{{name}}"): Right.write,
    ("DELETE", f"{API}/printers/{{printer_id}}"): Right.write,
    ("POST", f"{PAGES}/printing/printers/{{printer_id}}/remove"): Right.write,
    ("DELETE", f"{API}/signed-lists/{{list_id}}"): Right.write,
    ("POST", f"{PAGES}/signed-lists/{{list_id}}/remove"): Right.write,
}
# What an organiser has just made may be on its way here, and a stranger hears the same.
SAID_TO_ARRIVE: Route = ("PUT", f"{API}/rules")
# Each shows what is of whoever asks, and nothing else: see report/test_report.py and signing/test_overview.py.
ACROSS_EVENTS: set[Route] = {
    ("GET", "/certificates/api/v1/report"),
    ("GET", "/certificates/signing"),
    *(("GET", f"/certificates/{name}") for name in ("report", "report.pdf", "report.csv", "report.xlsx")),
}
# For everybody who holds the paper, and for whoever watches the service.
PUBLIC: set[Route] = {
    *(("GET", f"{prefix}/v/{{code}}") for prefix in ("", "/certificates")),
    # A person's own, behind a link that proves itself.
    *(
        ("GET", f"/certificates/my/{{token}}{part}")
        for part in ("", "/part", "/{confirmation_id}/confirmation.pdf")
    ),
    ("GET", "/certificates/v"),
    ("POST", "/certificates/v"),
    ("GET", "/certificates/v/{code}/credential.jwt"),
    ("GET", "/certificates/keys"),
    *(("GET", f"/certificates/keys/{name}") for name in ("authority.pem", "documents.pem", "revoked.crl")),
    ("GET", "/certificates/keys/{kid}"),
    ("GET", "/certificates/issuers/{organisation_id}"),
    ("GET", "/certificates/status/{organisation_id}/{number}"),
    *(("GET", f"{prefix}/{name}") for name in ("healthz", "readyz") for prefix in ("", "/certificates")),
}


@pytest.fixture
def event(few: ModelEvent) -> None:
    """A closed event with confirmations, and each paper of it drawn."""
    hear(*few.messages())
    rule()
    work()
    with Sessions.begin() as session:
        for kind in Kind:
            order(session, session.get_one(Event, EVENT), kind)
        enter_printer(session, ORGANISATION, PrinterIn(name="Copier"))
        known = session.get_one(Event, EVENT)
        keep(session, known, Kind.SIGN_IN_SHEET, b"%PDF-", name="scan.pdf", author="organiser")
        keep_image(session, ORGANISATION, "a6-portrait", a_png())
    while draw_next(Sessions):
        pass


def address_of(route: Route, *, event: str = "ki-hub-2022", unknown: bool = False) -> str:
    """A route of the event; with `unknown` the paper or confirmation in it is nobody's."""
    path = route[1]
    printers, lists = every(Printer), every(SignedList)
    runs = {run.kind: run.run_id for run in every(DocumentRun) if run.file}
    kind = next((kind for kind, name in COLLECTIONS.items() if f"/{name}" in path), Kind.BADGES)
    return path.format(
        event=event,
        kind=kind.value,
        # One of the gallery's layouts, and a picture that has its name.
        name="a6-portrait",
        file=FILE_NAMES[kind],
        mail_id=new_id() if unknown else every(Mail)[0].id,
        run_id=new_id() if unknown else runs[kind.value],
        confirmation_id=new_id() if unknown else every(Confirmation)[0].confirmation_id,
        list_id=new_id() if unknown or not lists else lists[0].list_id,
        printer_id=new_id() if unknown or not printers else printers[0].printer_id,
    )


def client_for(route: Route, role: Role, organisation: UUID | None = None) -> TestClient:
    make = program if "/api/" in route[1] else browser
    return make(role) if organisation is None else make(role, organisation)


def statuses(role: Role, organisation: UUID | None = None) -> dict[Route, int]:
    return {
        route: client_for(route, role, organisation).request(route[0], address_of(route)).status_code
        for route in OF_AN_EVENT
    }


def test_every_route_has_an_entry() -> None:
    assert set(every_route(app)) == {*OF_AN_EVENT, *ACROSS_EVENTS, *PUBLIC, *routes_of("certificates")}


@pytest.mark.usefixtures("event")
def test_another_organisations_event_is_not_there() -> None:
    expected = {**dict.fromkeys(OF_AN_EVENT, 404), SAID_TO_ARRIVE: 503}
    # The body of the rules is checked with the event, so that it has to be one.
    found = statuses(Role.owner, new_id())
    rules = program(Role.owner, new_id()).put(address_of(SAID_TO_ARRIVE), json={}).status_code
    assert {**found, SAID_TO_ARRIVE: rules} == expected


@pytest.mark.usefixtures("event")
def test_papers_and_confirmations_that_nobody_made_are_not_there() -> None:
    parts = [route for route in OF_AN_EVENT if "_id}" in route[1]]
    found = {
        route: client_for(route, Role.owner).request(route[0], address_of(route, unknown=True)).status_code
        for route in parts
    }
    assert found == dict.fromkeys(parts, 404)


@pytest.mark.usefixtures("event")
def test_papers_and_confirmations_of_another_event_are_not_there(few: ModelEvent) -> None:
    hear(few.published(event_id=new_id(), slug="another-event"))
    # Printers are the organisation's, for all its events.
    parts = [route for route in OF_AN_EVENT if "_id}" in route[1] and "printer_id" not in route[1]]
    found = {
        route: client_for(route, Role.owner)
        .request(route[0], address_of(route, event="another-event"))
        .status_code
        for route in parts
    }
    assert found == dict.fromkeys(parts, 404)


@pytest.mark.usefixtures("event")
def test_nobody_gets_in_without_signing_in() -> None:
    found = {route: public().request(route[0], address_of(route)).status_code for route in OF_AN_EVENT}
    assert found == {route: 401 if "/api/" in route[1] else 307 for route in OF_AN_EVENT}


@pytest.mark.usefixtures("event")
@pytest.mark.parametrize("role", list(Role))
def test_a_role_opens_exactly_what_its_rights_allow(role: Role) -> None:
    found = statuses(role)
    assert not [route for route, status in found.items() if status >= 500]
    refused = {route for route, status in found.items() if status == 403}
    assert refused == {route for route, right in OF_AN_EVENT.items() if right not in RIGHTS[role]}
    reading = [route for route in OF_AN_EVENT if route[0] == "GET" and route not in refused]
    assert {found[route] for route in reading} <= {200}
