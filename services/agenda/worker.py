"""The agenda's Celery app: `celery -A services.agenda.worker worker -Q agenda`."""

from services.agenda.attendees import tasks as attendees
from services.agenda.networking import tasks as networking
from services.agenda.runtime import Sessions, engine, settings
from shared.kit import revocation_tasks
from shared.kit.messaging import make_worker

app = make_worker(
    "agenda",
    settings=settings,
    engine=engine,
    sessions=Sessions,
    modules=[attendees, networking, revocation_tasks],
)
