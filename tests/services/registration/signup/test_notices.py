"""More people than an address may register: the address hears of it, at most once in an hour, with honest figures."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registration.attendees import service as attendees
from services.registration.signup import notices, service
from services.registration.signup.models import Event, Notice
from services.registration.signup.tasks import tell_of_attempts
from shared.kit.clock import utc_now
from shared.kit.mail import Mail
from tests.services.registration.builders import a_person, a_registration, an_open_event, registrations

# Half past nine in the event's zone.
NOW = datetime(2022, 11, 24, 8, 30, tzinfo=UTC)
ADDRESS = "anna.muster.1@example.org"
TYPED = ["Cem", "Dora", "Emil", "Fynn"]


@pytest.fixture
def event(session: Session) -> Event:
    """An event at which nobody else can be registered with Anna's address."""
    event = an_open_event(session, places_per_address=1)
    a_registration(session, event)
    return event


def attempt(session: Session, event: Event, minute: int, number: int = 0) -> str:
    person = a_person(first_name=TYPED[number % 4], last_name=f"Fremd{minute}")
    return service.sign_up_publicly(session, event, person, now=lambda: NOW + timedelta(minutes=minute))


def tell(session: Session, minute: int) -> int:
    return notices.tell_untold(session, NOW + timedelta(minutes=minute))


def written(session: Session) -> list[EmailMessage]:
    raw = session.scalars(select(Mail.message).where(Mail.kind == "address-full").order_by(Mail.id))
    return [message_from_bytes(each or b"", policy=policy.default) for each in raw]


def body_of(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return " ".join(part.get_content().split())


def test_the_first_attempt_is_told_at_once(session: Session, event: Event) -> None:
    assert attempt(session, event, 0) == "confirmed"
    [mail] = written(session)
    assert mail["Subject"] == "Eine Anmeldung war nicht möglich: Vernetzungstreffen"
    body = body_of(mail)
    assert "mit dieser E-Mail-Adresse ist schon 1 Person zu dieser Veranstaltung angemeldet" in body
    assert "Seit 24. November 2022, 09:30 Uhr wurde mit ihr 1 weitere Anmeldung gesendet." in body
    assert "nehmen Sie für jede dieser Personen eine andere Adresse" in body


def test_the_mail_names_nobody(session: Session, event: Event) -> None:
    for number in range(4):
        attempt(session, event, number, number)
    tell(session, 60)
    for mail in written(session):
        assert str(mail["To"]) == ADDRESS
        text = body_of(mail) + body_of(mail, "html") + str(mail["Subject"])
        assert not [name for name in ("Anna", "Muster", "Fremd", *TYPED) if name in text]


def test_the_next_hours_mail_says_how_many_there_were_since(session: Session, event: Event) -> None:
    for minute in (0, 5, 20, 59):
        attempt(session, event, minute)
    assert tell(session, 59) == 0
    assert len(written(session)) == 1
    assert tell(session, 60) == 1
    body = body_of(written(session)[1])
    assert "Seit 24. November 2022, 09:35 Uhr wurden mit ihr 3 weitere Anmeldungen gesendet." in body


def test_what_was_told_is_not_told_again(session: Session, event: Event) -> None:
    attempt(session, event, 0)
    attempt(session, event, 1)
    assert [tell(session, minute) for minute in (60, 61, 120, 600)] == [1, 0, 0, 0]
    assert len(written(session)) == 2


def test_an_attempt_that_comes_before_the_job_takes_the_others_along(session: Session, event: Event) -> None:
    for minute in (0, 10, 61):
        attempt(session, event, minute)
    assert "2 weitere Anmeldungen" in body_of(written(session)[1])
    assert tell(session, 62) == 0


def test_an_attacker_causes_one_mail_an_hour(session: Session, event: Event) -> None:
    for minute in range(0, 180, 2):
        attempt(session, event, minute, minute)
        tell(session, minute)
    tell(session, 180)
    mails = written(session)
    assert len(mails) == 4
    told = [int(body_of(mail).partition("wurde")[2].split("mit ihr ")[1].split()[0]) for mail in mails]
    assert sum(told) == 90


def test_the_mail_is_in_the_language_of_the_event(session: Session) -> None:
    event = an_open_event(session, places_per_address=1)
    event.default_locale = "en"
    a_registration(session, event, locale="de")
    attempt(session, event, 0)
    [mail] = written(session)
    assert mail["Content-Language"] == "en"
    assert "Since 24 November 2022, 09:30, 1 more registration was sent with it." in body_of(mail)


def test_whose_registrations_are_all_cancelled_hears_nothing_more(session: Session, event: Event) -> None:
    attempt(session, event, 0)
    attempt(session, event, 1)
    attendees.cancel(session, event, registrations(session, event)[0].id)
    assert tell(session, 60) == 1
    assert len(written(session)) == 1
    assert session.scalars(select(Notice.untold).where(Notice.kind == "address-full")).all() == [0]


def test_the_job_tells_by_itself(session: Session, event: Event) -> None:
    earlier = utc_now() - timedelta(hours=2)
    for minute in (0, 1):
        service.sign_up_publicly(session, event, a_person(first_name=TYPED[minute]), now=lambda: earlier)
    session.commit()
    tell_of_attempts()
    assert len(written(session)) == 2
