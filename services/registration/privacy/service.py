"""Forgetting what has served its purpose."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from services.registration.accounts.models import SignIn
from services.registration.attendees.models import ChangeLink
from services.registration.checkin.models import RejectedScan
from services.registration.signup.models import Notice

# Long after the pauses and lives that these rows stand for, so that nothing is forgotten too early.
KEEP_TRACES = timedelta(days=1)
# A token that ended last month may still be asked after.
KEEP_SIGN_INS = timedelta(days=90)
# Beside each stands who sent it. After a month nobody asks any more why a scan was not taken.
KEEP_REJECTED_SCANS = timedelta(days=30)


def forget_expired(session: Session, now: datetime) -> None:
    """Delete old change links, notes of mails sent, rejected scans, and sign-ins that ended long ago."""
    session.execute(delete(ChangeLink).where(ChangeLink.expires_at < now - KEEP_TRACES))
    session.execute(delete(Notice).where(Notice.sent_at < now - KEEP_TRACES))
    session.execute(delete(RejectedScan).where(RejectedScan.recorded_at < now - KEEP_REJECTED_SCANS))
    session.execute(delete(SignIn).where(SignIn.expires_at < now - KEEP_SIGN_INS))
