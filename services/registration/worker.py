"""Registration's Celery worker."""

from services.registration.attendees import tasks as attendees
from services.registration.checkin import tasks as checkin
from services.registration.mailing import tasks as mailing
from services.registration.privacy import tasks as privacy
from services.registration.runtime import Sessions, engine, settings
from services.registration.signup import tasks as signup
from shared.kit.messaging import make_worker

app = make_worker(
    "registration",
    settings=settings,
    engine=engine,
    sessions=Sessions,
    modules=[attendees, checkin, mailing, privacy, signup],
)
