from services.registration.privacy import service
from services.registration.runtime import Sessions
from shared.kit.clock import utc_now
from shared.kit.tasks import periodic


@periodic("registration.forget_expired")
def forget_expired() -> None:
    with Sessions.begin() as session:
        service.forget_expired(session, utc_now())
