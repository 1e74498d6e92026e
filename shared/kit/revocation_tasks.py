"""The consumer of SessionRevoked, listed in the workers of the services that keep a copy."""

from sqlalchemy.orm import Session

from shared.contracts.registration import SessionRevoked
from shared.kit import access
from shared.kit.tasks import consumes


@consumes(SessionRevoked)
def on_session_revoked(session: Session, message: SessionRevoked) -> None:
    access.revoke(session, message.session_id, message.expires_at)
