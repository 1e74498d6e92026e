"""Role × route × foreign object: who sees what is stuck, and who sends it again."""

from uuid import UUID

import pytest
from fastapi.testclient import TestClient

from shared.kit.access import Right, Role
from shared.kit.database import new_id
from tests.support.facts import ORGANISATION
from tests.support.operations import STREAM, Route, Service, routes_of

MAY = {Role.owner, Role.organiser}


def client_for(service: Service, route: Route, role: Role, organisation: UUID = ORGANISATION) -> TestClient:
    make = service.program if "/api/" in route[1] else service.browser
    return make(role, organisation)


def ask(client: TestClient, route: Route, message: UUID, mail: UUID) -> int:
    path = route[1].format(message_id=message, mail_id=mail)
    is_resuming = path.endswith("/resume")
    options = {"params": {"name": STREAM}} if "/api/" in path and is_resuming else {}
    if is_resuming and not options:
        return client.request(*route, data={"name": STREAM}).status_code
    return client.request(route[0], path, **options).status_code


@pytest.mark.parametrize("role", Role)
def test_whoever_may_change_events_looks_after_what_is_stuck(service: Service, role: Role) -> None:
    for route in routes_of(service.name):
        service.hold_up() if not service.streams() else None
        message, mail = service.park(), service.put_mail(f"{new_id()}@example.org", "failed")
        status = ask(client_for(service, route, role), route, message, mail)
        assert status in ({200, 204, 303} if role in MAY else {403}), route


def test_without_a_pass_nobody_gets_in(service: Service) -> None:
    for route in routes_of(service.name):
        status = ask(service.public(), route, new_id(), new_id())
        assert status == (401 if "/api/" in route[1] else 307), route


def test_what_is_stuck_in_another_organisation_is_not_there(service: Service) -> None:
    message, mail = service.park(), service.put_mail("lisbeth@example.org", "failed")
    for route in routes_of(service.name):
        if "_id}" in route[1]:
            stranger = client_for(service, route, Role.owner, new_id())
            assert ask(stranger, route, message, mail) == 404, route
    assert (service.parked(), service.state_of(mail)) == (2, "failed")


def test_a_stranger_reads_nothing_and_sends_nothing_of_it_again(service: Service) -> None:
    message, mail = service.park(), service.put_mail("lisbeth@example.org", "failed")
    page = service.browser(Role.owner, new_id()).get(service.page).text
    assert not [word for word in (str(message), str(mail), "lisbeth") if word in page]
    stranger = service.program(Role.owner, new_id())
    assert stranger.get(f"{service.api}/parked-messages").json() == []
    assert stranger.get(f"{service.api}/mails").json() == []
    assert stranger.get(service.api).json()["messages"]["parked"] == 0
    assert stranger.post(f"{service.api}/parked-messages/send-again").json() == {"sent_again": 0}
    assert service.parked() == 2


def test_what_nobody_sent_is_not_there(service: Service) -> None:
    for route in routes_of(service.name):
        if "_id}" in route[1] or route[1].endswith("/resume"):
            client = client_for(service, route, Role.owner)
            assert ask(client, route, new_id(), new_id()) == 404, route


def test_a_token_that_may_not_read_registrations_sees_no_whole_address(registration: Service) -> None:
    answer = "550 5.1.1 <lisbeth@example.org>: unknown"
    registration.put_mail("lisbeth@example.org", "failed", last_reply=answer)
    registration.put_mail("b@example.org", "unknown")
    writer = registration.program(Role.owner, ORGANISATION, Right.write)
    found = writer.get(f"{registration.api}/mails").json()
    assert [mail["recipient"] for mail in found] == ["…@example.org", "…@example.org"]
    assert found[0]["answer"] == "550 5.1.1 <…>: unknown"
    [mail, _] = registration.program().get(f"{registration.api}/mails").json()
    assert (mail["recipient"], mail["answer"]) == ("lisbeth@example.org", answer)


def test_only_who_may_look_after_it_has_the_page_in_the_menu(registration: Service) -> None:
    link = 'href="/registration/operations"'
    assert link in registration.browser(Role.organiser).get("/registration/").text
    assert link not in registration.browser(Role.viewer).get("/registration/").text


def test_a_form_from_another_site_is_refused(registration: Service) -> None:
    message = registration.park()
    browser = registration.browser()
    browser.headers["sec-fetch-site"] = "cross-site"
    assert browser.post(f"{registration.page}/messages/{message}/send-again").status_code == 403
    assert registration.parked() == 2
