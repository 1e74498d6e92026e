from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.registration.accounts import service as accounts
from services.registration.accounts.models import SignIn
from services.registration.attendees import service as attendees
from services.registration.attendees.models import ChangeLink
from services.registration.checkin import service as checkin
from services.registration.checkin.models import RejectedScan
from services.registration.privacy.service import forget_expired
from services.registration.runtime import settings
from services.registration.signup.facts import link_of
from services.registration.signup.models import Notice
from shared.kit.clock import utc_now
from tests.services.registration.builders import a_principal, a_registration, an_open_event


def counts(session: Session) -> list[int]:
    return [
        session.scalar(select(func.count()).select_from(table)) or 0
        for table in (ChangeLink, Notice, RejectedScan, SignIn)
    ]


def test_what_has_served_its_purpose_is_forgotten_and_nothing_else(session: Session) -> None:
    event = an_open_event(session)
    anna = a_registration(session, event)
    checkin.record_scans(session, event, ["no scan"], a_principal())
    attendees.ask_for_change(session, link_of(anna).rpartition("/")[2])
    added = accounts.add_organiser(session, "a@example.org", organisation="TU", password="long enough 12")
    accounts.open_browser_session(session, added.account, settings.access_private_key)
    forget_expired(session, utc_now())
    assert counts(session) == [1, 1, 1, 1]
    forget_expired(session, utc_now() + timedelta(days=2))
    assert counts(session) == [0, 0, 1, 1]
    forget_expired(session, utc_now() + timedelta(days=31))
    assert counts(session) == [0, 0, 0, 1]
    forget_expired(session, utc_now() + timedelta(days=91))
    assert counts(session) == [0, 0, 0, 0]
