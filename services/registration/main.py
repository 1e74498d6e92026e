"""Registration's web application: `uvicorn services.registration.main:app`."""

from services.registration.accounts import api as accounts_api
from services.registration.accounts import pages as accounts_pages
from services.registration.attendees import api as attendees_api
from services.registration.attendees import pages as attendees_pages
from services.registration.checkin import api as checkin_api
from services.registration.checkin import pages as checkin_pages
from services.registration.runtime import Sessions, engine, settings
from services.registration.signup import api as signup_api
from services.registration.signup import pages as signup_pages
from services.registration.web import pages
from shared.kit.web.app import make_app

app = make_app(
    "registration",
    settings=settings,
    engine=engine,
    sessions=Sessions,
    pages=pages,
    routers=[
        # First, because routes are tried in this order, and this one is what a rush asks for.
        signup_api.router,
        accounts_api.router,
        accounts_pages.router,
        attendees_api.router,
        attendees_pages.router,
        checkin_api.router,
        checkin_pages.router,
        signup_pages.router,
    ],
)
