"""What waits or is stuck in a service: seen on its page and by its API, and sent again."""

import base64
import re
from datetime import timedelta

import pytest

from shared.kit import outbox
from shared.kit.clock import utc_now
from shared.kit.database import new_id
from shared.kit.operations import pages
from tests.support.facts import a_confirmed_registration
from tests.support.operations import STREAM, Service


def page_of(service: Service, query: str = "", language: str = "en") -> str:
    answer = service.browser(language=language).get(service.page + query)
    assert answer.status_code == 200
    return answer.text


def test_where_all_is_well_the_page_says_so(service: Service) -> None:
    page = page_of(service)
    assert "Nothing is stuck here." in page
    assert "<table" not in page


def test_a_parked_message_is_shown_with_its_reason_and_sent_again(service: Service) -> None:
    message = service.park()
    page = page_of(service)
    assert page.count("registration.registration_confirmed.v1") == 2
    assert "unknown name or version" in page
    assert "Nothing is stuck here." not in page
    address = f"{service.page}/messages/{message}/send-again"
    assert f'action="{address}"' in page
    answer = service.browser().post(address)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{service.page}?done=message")
    assert "The message is sent again." in page_of(service, "?done=message")
    assert service.parked() == 0


def test_a_message_that_nobody_answered_says_how_often_it_was_sent(registration: Service) -> None:
    registration.park(reason="")
    assert "No answer to 12 attempts" in page_of(registration)
    assert "Keine Antwort auf 12 Versuche" in page_of(registration, language="de")


def test_all_parked_messages_go_with_one_button(registration: Service) -> None:
    for _ in range(3):
        registration.park()
    registration.park(organisation=new_id())
    assert "Send all parked messages again" in page_of(registration)
    registration.browser().post(f"{registration.page}/messages/send-again")
    # Those of the other organisation stay.
    assert registration.parked() == 2


def test_a_second_click_sends_nothing_a_second_time(registration: Service) -> None:
    message = registration.park()
    path = f"{registration.api}/parked-messages/{message}/send-again"
    found = [registration.program().post(path).json()["sent_again"] for _ in range(2)]
    assert found == [2, 0]


def test_what_is_on_its_way_is_counted_since_the_oldest(registration: Service) -> None:
    earlier = utc_now() - timedelta(hours=3)
    with registration.sessions.begin() as session:
        outbox.publish(session, a_confirmed_registration(), now=lambda: earlier)
        outbox.publish(session, a_confirmed_registration())
    figures = registration.program().get(registration.api).json()["messages"]
    assert (figures["waiting"], figures["parked"]) == (4, 0)
    assert figures["waiting_since"] == earlier.isoformat().replace("+00:00", "Z")
    assert "the oldest since" in page_of(registration)


def test_a_stopped_stream_says_why_and_goes_on_by_a_button(service: Service) -> None:
    service.hold_up()
    page = page_of(service)
    assert "No mail leaves at the moment" in page
    assert "535 5.7.8 Authentication credentials invalid" in page
    assert "refuses our sender" in page
    answer = service.browser().post(f"{service.page}/streams/resume", data={"name": STREAM})
    assert answer.status_code == 303
    assert service.streams() == 0


def test_a_paused_stream_says_when_it_is_tried_again(registration: Service) -> None:
    registration.hold_up(is_stopped=False)
    assert "It is tried again by itself, next on" in page_of(registration)
    [stream] = registration.program().get(registration.api).json()["streams"]
    assert (stream["name"], stream["state"]) == (STREAM, "paused")
    assert stream["next_try_at"] is not None


@pytest.mark.parametrize("state", ["failed", "unknown"])
def test_a_mail_that_did_not_leave_is_sent_again(registration: Service, state: str) -> None:
    mail = registration.put_mail("lisbeth@example.org", state, last_reply="550 5.1.1 User unknown")
    page = page_of(registration)
    assert "lisbeth@example.org" in page
    assert "550 5.1.1 User unknown" in page
    answer = registration.browser().post(f"{registration.page}/mails/{mail}/send-again")
    assert (answer.status_code, registration.state_of(mail)) == (303, "queued")
    assert registration.browser().post(f"{registration.page}/mails/{mail}/send-again").status_code == 409


def test_a_mail_that_a_server_has_put_off_goes_by_itself(registration: Service) -> None:
    later = utc_now() + timedelta(minutes=10)
    mail = registration.put_mail("lisbeth@example.org", "queued", attempts=2, not_before=later)
    page = page_of(registration)
    assert "by itself, on" in page
    assert f"/mails/{mail}/send-again" not in page
    answer = registration.program().post(f"{registration.api}/mails/{mail}/send-again")
    assert (answer.status_code, answer.headers["content-type"]) == (409, "application/problem+json")
    assert answer.json()["type"] == "urn:treffpunkt:problem:mail-not-sendable"


def test_a_mail_without_its_content_cannot_be_sent_again(registration: Service) -> None:
    mail = registration.put_mail("lisbeth@example.org", "failed", message=None)
    assert "its content is no longer kept" in page_of(registration)
    assert f"/mails/{mail}/send-again" not in page_of(registration)


def test_a_mail_of_no_event_is_sent_again_too(registration: Service) -> None:
    mail = registration.put_mail("lisbeth@example.org", "failed", event_id=None)
    assert registration.program().post(f"{registration.api}/mails/{mail}/send-again").json() == {
        "sent_again": 1
    }


def test_sent_and_waiting_mails_are_not_stuck(registration: Service) -> None:
    registration.put_mail("a@example.org", "sent", message=None, sent_at=utc_now())
    registration.put_mail("b@example.org", "queued")
    assert registration.program().get(f"{registration.api}/mails").json() == []
    mails = registration.program().get(registration.api).json()["mails"]
    assert (mails["queued"], mails["failed"], mails["unknown"]) == (1, 0, 0)


def test_a_mail_leads_to_the_person_that_it_is_about(registration: Service) -> None:
    registration.put_mail("lisbeth@example.org", "failed")
    [mail] = registration.program().get(f"{registration.api}/mails").json()
    path = f"/registration/events/{mail['event']}/registrations/{mail['registration']}"
    assert f'href="{path}"' in page_of(registration)


def test_a_service_that_sends_no_mails_speaks_of_none(database: object, service: Service) -> None:
    assert ("Mails to people" in page_of(service)) == (service.name != "agenda")


def test_the_page_is_german_for_a_german_reader(service: Service) -> None:
    service.park()
    page = page_of(service, language="de")
    assert "<h1>Betrieb</h1>" in page
    assert "Geparkte Nachrichten" in page
    assert "Erneut senden" in page


def test_long_lists_come_in_pages(registration: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "ROWS_ON_A_PAGE", 3)
    for number in range(4):
        registration.park()
        registration.put_mail(f"p{number}@example.org", "failed")
    first = page_of(registration)
    following = re.findall(r'rel="next" href="([^"]+)"', first)
    assert len(following) == 2
    second = registration.browser().get(following[0].replace("&amp;", "&")).text
    ids = [re.findall(r"/messages/([0-9a-f-]{36})/send-again", page) for page in (first, second)]
    # A message that is parked at two consumers may stand on both sides of the break, and none is lost.
    assert len(ids[0]) == len(ids[1]) == 3
    assert len({*ids[0], *ids[1]}) == 3
    third = re.findall(r'rel="next" href="([^"]+)"', first)[1]
    assert "p3@example.org" in registration.browser().get(third.replace("&amp;", "&")).text


def test_the_api_gives_the_lists_in_pages(registration: Service) -> None:
    for _ in range(2):
        registration.park()
    client, address = registration.program(), f"{registration.api}/parked-messages?limit=3"
    first = client.get(address)
    second = client.get(re.findall("<(.+?)>", first.headers["Link"])[0])
    seen = [(row["id"], row["consumer"]) for row in [*first.json(), *second.json()]]
    assert len(set(seen)) == 4
    assert "Link" not in second.headers


CURSORS = ["[]", '["x", "agenda"]', '["0198c5a0-0000-7000-8000-000000000001", "\\u0000"]', "{}", "[1, 2]"]


@pytest.mark.parametrize("cursor", CURSORS)
def test_a_cursor_that_we_did_not_write_is_refused(registration: Service, cursor: str) -> None:
    written = base64.urlsafe_b64encode(cursor.encode()).decode()
    program, sent = registration.program(), {"cursor": written}
    assert program.get(f"{registration.api}/parked-messages", params=sent).status_code == 422
    assert program.get(f"{registration.api}/mails", params=sent).status_code in (200, 422)
    assert registration.browser().get(f"{registration.page}?messages={written}").status_code == 422


@pytest.mark.parametrize("odd", ["\0", "\ud800", "x" * 900, "nobody"])
def test_a_stream_that_nobody_has_is_not_there(registration: Service, odd: str) -> None:
    sent = {"name": odd.encode("utf-8", "surrogatepass")}
    assert registration.program().post(f"{registration.api}/streams/resume", params=sent).status_code == 404
