"""The agenda's web application: `uvicorn services.agenda.main:app`."""

from services.agenda.events import api as events_api
from services.agenda.events import pages as events_pages
from services.agenda.networking import api as networking_api
from services.agenda.networking import pages as networking_pages
from services.agenda.programme import api as programme_api
from services.agenda.programme import pages as programme_pages
from services.agenda.runtime import Sessions, engine, settings
from services.agenda.web import pages
from shared.kit.web.app import make_app

app = make_app(
    "agenda",
    settings=settings,
    engine=engine,
    sessions=Sessions,
    pages=pages,
    routers=[
        events_api.router,
        events_pages.router,
        networking_api.router,
        networking_api.report_router,
        networking_api.rules_router,
        networking_pages.router,
        networking_pages.report_router,
        networking_pages.public_router,
        programme_api.router,
        programme_pages.router,
        programme_pages.public_router,
    ],
)
