"""What the agenda tells about networking."""

from sqlalchemy.orm import Session

from services.certificates.ways.service import keep_plan
from shared.contracts.agenda import NetworkingPlanPublished
from shared.kit.tasks import consumes


@consumes(NetworkingPlanPublished)
def on_plan_published(session: Session, message: NetworkingPlanPublished) -> None:
    keep_plan(session, message)
