"""The service's Celery worker: `celery -A services.certificates.worker worker -Q certificates`."""

import services.certificates.confirmations.tasks
import services.certificates.copies.tasks
import services.certificates.mailing.tasks
import services.certificates.runs.tasks
import services.certificates.tickets.tasks
import services.certificates.ways.tasks
import shared.kit.revocation_tasks
from services.certificates.runtime import Sessions, engine, settings
from shared.kit.messaging import make_worker

app = make_worker(
    "certificates",
    settings=settings,
    engine=engine,
    sessions=Sessions,
    modules=[
        services.certificates.copies.tasks,
        services.certificates.mailing.tasks,
        services.certificates.runs.tasks,
        services.certificates.tickets.tasks,
        services.certificates.confirmations.tasks,
        services.certificates.ways.tasks,
        shared.kit.revocation_tasks,
    ],
)
