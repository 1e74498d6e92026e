import re
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from services.registration.attendees import service as attendees
from services.registration.signup import events, setup
from services.registration.signup.models import Event
from shared.contracts.agenda import ProgrammeReleased
from shared.kit.clock import utc_now
from tests.services.registration.builders import (
    ORGANISATION,
    a_registration,
    an_event,
    an_open_event,
    registrations,
    statuses,
)

PAGE = "/e/ki-hub-2022"
FORM = {"first_name": "Anna", "last_name": "Muster", "email": "anna@example.org", "diet": "vegan"}
QUESTIONS = [
    {"key": "diet", "labels": {"de": "Ernährung", "en": "Diet"}},
    {
        "key": "photo_consent",
        "labels": {"de": "Fotos sind in Ordnung", "en": "Photos are fine"},
        "type": "checkbox",
    },
    {
        "key": "wish",
        "labels": {"de": "Wunsch", "en": "Wish"},
        "type": "choice",
        "options": [{"key": "a", "labels": {"de": "Schulungen", "en": "Training"}}],
    },
]


@pytest.fixture
def event(session: Session) -> Event:
    event = an_open_event(session, capacity=1, questions=QUESTIONS)
    session.commit()
    return event


def test_the_page_speaks_german_and_english(client: TestClient, event: Event) -> None:
    german, english = client.get(PAGE).text, client.get(f"{PAGE}?lang=en").text
    assert "Vernetzungstreffen" in german
    assert "Ernährung" in german
    assert "24. November 2022, 09:30–16:15 Uhr" in german
    assert "Networking meeting" in english
    assert "Photos are fine" in english


def test_the_form_asks_for_at_most_six_required_fields(client: TestClient, event: Event) -> None:
    assert len(re.findall(r" required[ >]", client.get(PAGE).text)) == 3


def test_signing_up_leads_to_a_page_that_says_what_comes(
    client: TestClient, event: Event, session: Session
) -> None:
    form = {**FORM, "photo_consent": "yes", "wish": "a", "idempotency_key": "k"}
    first = client.post(PAGE, data=form)
    assert (first.status_code, first.headers["location"]) == (303, f"{PAGE}/done?status=confirmed")
    assert "Ihr Ticket ist per E-Mail unterwegs" in client.get(first.headers["location"]).text
    second = client.post(PAGE, data={**form, "email": "b@example.org", "idempotency_key": "l"})
    assert "Sie stehen auf der Warteliste" in client.get(second.headers["location"]).text
    assert registrations(session, event)[0].answers == {"diet": "vegan", "photo_consent": "yes", "wish": "a"}


def test_the_language_of_the_page_is_the_language_of_the_mails(
    client: TestClient, event: Event, session: Session
) -> None:
    client.post(f"{PAGE}?lang=en", data=FORM)
    assert registrations(session, event)[0].locale == "en"


def test_the_same_form_sent_twice_signs_up_once(client: TestClient, event: Event, session: Session) -> None:
    answers = [client.post(PAGE, data={**FORM, "idempotency_key": "k"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert len(registrations(session, event)) == 1


def test_who_cancelled_and_sends_the_same_form_again_is_registered_again(
    client: TestClient, event: Event, session: Session
) -> None:
    form = {**FORM, "idempotency_key": "k"}
    client.post(PAGE, data=form)
    [first] = registrations(session, event)
    attendees.cancel(session, event, first.id)
    a_registration(session, event, 2)
    session.commit()
    answers = [client.post(PAGE, data=form).headers["location"] for _ in range(2)]
    assert answers == [f"{PAGE}/done?status=waiting"] * 2
    assert statuses(session, event) == ["cancelled", "confirmed", "waiting"]


def test_a_program_that_asks_again_by_itself_registers_nobody_who_cancelled(
    client: TestClient, event: Event, session: Session
) -> None:
    api, key = "/registration/api/v1/events/ki-hub-2022/registrations", {"Idempotency-Key": "k"}
    first = client.post(api, json=FORM, headers=key)
    [registration] = registrations(session, event)
    attendees.cancel(session, event, registration.id)
    session.commit()
    assert client.post(api, json=FORM, headers=key).json() == first.json() == {"status": "confirmed"}
    assert statuses(session, event) == ["cancelled"]


def test_a_wrong_field_says_so_and_nothing_typed_is_lost(
    client: TestClient, event: Event, session: Session
) -> None:
    form = {**FORM, "email": "anna", "last_name": "Mus\u202eter", "photo_consent": "yes", "wish": "a"}
    answer = client.post(PAGE, data=form)
    assert answer.status_code == 422
    assert "Bitte geben Sie eine E-Mail-Adresse wie name@example.org ein." in answer.text
    assert "unsichtbare Steuerzeichen" in answer.text
    for kept in ('value="Anna"', 'value="anna"', 'value="vegan"', '<option value="a" selected>'):
        assert kept in answer.text
    assert re.search(r'value="yes" checked[^>]*name="photo_consent"', answer.text)
    assert statuses(session, event) == []


def test_a_full_event_says_that_one_would_wait(client: TestClient, event: Event, session: Session) -> None:
    assert "Alle Plätze sind vergeben" not in client.get(PAGE).text
    a_registration(session, event)
    session.commit()
    assert "Alle Plätze sind vergeben" in client.get(PAGE).text


def test_an_event_that_is_over_shows_no_form_and_takes_none(
    client: TestClient, event: Event, session: Session
) -> None:
    session.get_one(Event, event.id).state = "closed"
    session.commit()
    answer = client.post(PAGE, data=FORM)
    assert answer.status_code == 409
    assert "Diese Veranstaltung ist vorbei." in answer.text
    assert "<input" not in client.get(PAGE).text
    assert statuses(session, event) == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("closes_at", "Die Anmeldung zu dieser Veranstaltung ist beendet."),
        ("closed", "Diese Veranstaltung ist vorbei."),
        ("cancelled", "Diese Veranstaltung wurde abgesagt."),
    ],
)
def test_who_was_typing_when_sign_up_ended_loses_nothing_typed(
    client: TestClient, event: Event, session: Session, change: str, sentence: str
) -> None:
    assert "<form" in client.get(PAGE).text
    if change == "closes_at":
        setup.find_settings(session, event.id).closes_at = utc_now() - timedelta(seconds=1)
    else:
        session.get_one(Event, event.id).state = change
    session.commit()
    answer = client.post(PAGE, data={**FORM, "photo_consent": "yes", "wish": "a"})
    assert answer.status_code == 409
    assert sentence in answer.text
    assert "Was Sie eingegeben haben, steht noch hier" in answer.text
    for kept in ('value="Anna"', 'value="Muster"', 'value="anna@example.org"', 'value="vegan"'):
        assert kept in answer.text
    assert '<option value="a" selected>' in answer.text
    assert re.search(r'value="yes" checked[^>]*name="photo_consent"', answer.text)
    assert statuses(session, event) == []


def test_what_was_kept_is_taken_when_sign_up_is_open_again(
    client: TestClient, event: Event, session: Session
) -> None:
    settings = setup.find_settings(session, event.id)
    settings.closes_at = utc_now() - timedelta(seconds=1)
    session.commit()
    refused = client.post(PAGE, data={**FORM, "idempotency_key": "k"})
    settings.closes_at = None
    session.commit()
    [key] = re.findall(r'name="idempotency_key" value="([^"]+)"', refused.text)
    assert client.post(PAGE, data={**FORM, "idempotency_key": key}).status_code == 303
    assert statuses(session, event) == ["confirmed"]


@pytest.mark.parametrize(
    ("deadline", "sentence"), [("opens_at", "Die Anmeldung beginnt am"), ("closes_at", "ist beendet")]
)
def test_a_deadline_is_shown_in_place_of_the_form(
    client: TestClient, session: Session, deadline: str, sentence: str
) -> None:
    at = utc_now() + timedelta(days=1 if deadline == "opens_at" else -1)
    an_open_event(session, **{deadline: at})
    session.commit()
    page = client.get(PAGE).text
    assert sentence in page
    assert "first_name" not in page


def test_an_event_without_settings_asks_to_come_back(client: TestClient, session: Session) -> None:
    an_event(session)
    session.commit()
    assert "Die Anmeldung ist noch nicht möglich" in client.get(PAGE).text
    assert client.post(PAGE, data=FORM).status_code == 404


def test_a_draft_and_an_unknown_event_are_not_there(client: TestClient, session: Session) -> None:
    an_event(session, state="draft")
    session.commit()
    for path in (PAGE, "/e/nothing", "/e/%00", "/registration/e/nothing"):
        assert client.get(path).status_code == 404


def test_the_programme_is_linked_once_it_is_released(
    client: TestClient, event: Event, session: Session
) -> None:
    link = "/agenda/e/ki-hub-2022"
    assert link not in client.get(PAGE).text
    facts = {"organisation_id": ORGANISATION, "event_id": event.id, "sequence": 1}
    events.keep_programme(session, ProgrammeReleased(**facts, released_at=utc_now(), sessions=()))
    session.commit()
    assert link in client.get(PAGE).text


def test_a_form_from_another_site_is_refused(client: TestClient, event: Event, session: Session) -> None:
    answer = client.post(PAGE, data=FORM, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert statuses(session, event) == []
