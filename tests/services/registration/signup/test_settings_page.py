from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from services.registration.signup import setup
from services.registration.signup.models import Event
from services.registration.signup.schemas import Settings
from tests.services.registration.builders import a_registration, an_event, an_open_event, statuses

PAGE = "/registration/events/ki-hub-2022/sign-up"
QUESTION = {"key": "diet", "labels": {"de": "Ernährung"}}
FORM = {"capacity": "2", "places_per_address": "5", "version": "1"}


@pytest.fixture
def event(session: Session) -> Event:
    event = an_open_event(session, capacity=1, questions=[QUESTION])
    for number in (1, 2):
        a_registration(session, event, number)
    session.commit()
    return event


def settings_of(session: Session, event: Event) -> Settings:
    session.expire_all()
    return setup.describe(session, setup.settings_of(session, event.id))


def test_sign_up_is_opened_on_a_page(organiser: TestClient, session: Session) -> None:
    event = an_event(session)
    session.commit()
    assert 'value="5"' in organiser.get(PAGE).text
    form = {**FORM, "version": "0", "closes_at": "2022-11-20T18:00"}
    assert organiser.post(PAGE, data=form).headers["location"] == "/registration/events/ki-hub-2022"
    assert settings_of(session, event).closes_at == datetime(2022, 11, 20, 17, tzinfo=UTC)
    assert 'value="2022-11-20T18:00"' in organiser.get(PAGE).text


def test_more_places_promote_and_questions_stay(
    organiser: TestClient, event: Event, session: Session
) -> None:
    assert organiser.post(PAGE, data=FORM).status_code == 303
    assert statuses(session, event) == ["confirmed", "confirmed"]
    assert [question.key for question in settings_of(session, event).questions] == ["diet"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"capacity": "0"}, "Places taken already: 1."),
        ({"capacity": "many"}, "Please enter a number, 0 or more."),
        ({"capacity": "9999999"}, "Please enter a number, 0 or more."),
        ({"places_per_address": "0"}, "Please enter a number, 1 or more."),
        ({"opens_at": "soon"}, "Please enter day and time."),
        (
            {"opens_at": "2022-11-20T18:00", "closes_at": "2022-11-20T17:00"},
            "Sign-up has to open before it closes.",
        ),
    ],
)
def test_what_cannot_be_comes_back_with_a_sentence_and_changes_nothing(
    organiser: TestClient, event: Event, session: Session, changes: dict[str, str], sentence: str
) -> None:
    before = settings_of(session, event)
    answer = organiser.post(PAGE, data=FORM | changes)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert settings_of(session, event) == before


def test_two_organisers_do_not_overwrite_each_other(
    organiser: TestClient, event: Event, session: Session
) -> None:
    assert organiser.post(PAGE, data=FORM).status_code == 303
    assert organiser.post(PAGE, data={**FORM, "capacity": "3"}).status_code == 412
    assert settings_of(session, event).capacity == 2
