from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from services.registration.accounts import service
from services.registration.accounts.models import Account, Membership
from services.registration.accounts.pages import RENEWAL_COOKIE, local
from services.registration.accounts.service import BROWSER_SESSION_LIFE
from services.registration.accounts.throttle import MOST_FAILURES_OF_AN_ADDRESS_AT_A_MACHINE
from services.registration.cli import app as cli
from services.registration.main import app
from services.registration.runtime import settings
from shared.contracts.registration import SessionRevoked
from shared.kit import access
from shared.kit.access import Right, Role
from shared.kit.clock import utc_now
from tests.services.registration.builders import told
from tests.support.visitors import Api

PASSWORD = "correct horse battery"
LOGIN = {"email": "Orga@example.org", "password": PASSWORD}


@pytest.fixture
def account(session: Session, redis_url: str) -> Account:
    added = service.add_organiser(session, "orga@example.org", organisation="Zentrum", password=PASSWORD)
    session.commit()
    return added.account


def test_a_token_carries_the_roles_and_scopes_of_its_account(
    public: Api, account: Account, session: Session
) -> None:
    answer = public("POST", "/tokens", json={**LOGIN, "scopes": ["read"], "name": "import"})
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
    principal = access.verify(answer.json()["token"], settings.access_public_key)
    [membership] = session.scalars(select(Membership)).all()
    assert principal.roles == {membership.organisation_id: Role.owner}
    assert principal.organisations(Right.read)
    assert not principal.organisations(Right.write)


@pytest.mark.parametrize(
    "login",
    [
        {**LOGIN, "password": "wrong"},
        {**LOGIN, "email": "nobody@example.org"},
        {**LOGIN, "email": "no address"},
    ],
)
def test_wrong_credentials_are_answered_alike(public: Api, account: Account, login: dict[str, str]) -> None:
    answer = public("POST", "/tokens", json=login)
    assert (answer.status_code, answer.json()["type"]) == (401, "urn:treffpunkt:problem:wrong-credentials")


def test_a_revoked_token_is_worthless_here_and_told_to_the_others(
    public: Api, account: Account, session: Session
) -> None:
    issued = public("POST", "/tokens", json=LOGIN).json()
    bearer = {"Authorization": f"Bearer {issued['token']}"}
    assert [token["id"] for token in public("GET", "/tokens", headers=bearer).json()] == [issued["id"]]
    assert public("DELETE", f"/tokens/{issued['id']}", headers=bearer).status_code == 204
    assert public("GET", "/tokens", headers=bearer).status_code == 401
    assert [message["session_id"] for message in told(session, SessionRevoked)] == [issued["id"]]


def test_nobody_revokes_anothers_token(public: Api, account: Account, session: Session) -> None:
    service.add_organiser(session, "other@example.org", organisation="Andere", password=PASSWORD)
    session.commit()
    mine = public("POST", "/tokens", json=LOGIN).json()
    theirs = public("POST", "/tokens", json={**LOGIN, "email": "other@example.org"}).json()
    answer = public("DELETE", f"/tokens/{mine['id']}", headers={"Authorization": f"Bearer {theirs['token']}"})
    assert answer.status_code == 404


@pytest.mark.parametrize("scopes", [["scan"], ["read", "write", "scan"]])
def test_a_token_without_manage_ends_itself_and_sees_no_other(
    public: Api, account: Account, scopes: list[str]
) -> None:
    full = public("POST", "/tokens", json=LOGIN).json()
    small = public("POST", "/tokens", json={**LOGIN, "scopes": scopes}).json()
    bearer = {"Authorization": f"Bearer {small['token']}"}
    assert public("GET", "/tokens", headers=bearer).status_code == 403
    assert public("DELETE", f"/tokens/{full['id']}", headers=bearer).status_code == 403
    assert public("DELETE", "/tokens/current", headers=bearer).status_code == 204
    [left] = public("GET", "/tokens", headers={"Authorization": f"Bearer {full['token']}"}).json()
    assert left["id"] == full["id"]


@pytest.mark.parametrize("name", ["a\0b", "a\nb", "a\u202eb", "x" * 101])
def test_a_token_has_a_name_of_one_clean_line(public: Api, account: Account, name: str) -> None:
    answer = public("POST", "/tokens", json={**LOGIN, "name": name})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "name")


WRONG = {**LOGIN, "password": "wrong"}


def test_after_ten_wrong_passwords_the_right_one_has_to_wait(public: Api, account: Account) -> None:
    for number in range(MOST_FAILURES_OF_AN_ADDRESS_AT_A_MACHINE):
        # Only uvicorn believes this header, and only our own proxy's.
        elsewhere = {"X-Forwarded-For": f"203.0.113.{number}"}
        assert public("POST", "/tokens", json=WRONG, headers=elsewhere).status_code == 401
    answer = public("POST", "/tokens", json=LOGIN)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) == 900


def test_wrong_passwords_from_elsewhere_do_not_keep_the_owner_out(public: Api, account: Account) -> None:
    with TestClient(app, base_url="http://localhost:8080", client=("203.0.113.7", 50000)) as stranger:
        guesses = [stranger.post("/registration/api/v1/tokens", json=WRONG) for _ in range(11)]
    assert [guess.status_code for guess in guesses] == [401] * 10 + [429]
    assert public("POST", "/tokens", json=LOGIN).status_code == 201


def sign_in(client: TestClient, **query: str) -> Any:
    return client.post("/registration/sign-in", data=LOGIN, params=query)


def test_signing_in_opens_the_events_and_signing_out_closes_them(
    client: TestClient, account: Account, session: Session
) -> None:
    assert sign_in(client).headers["location"] == "/registration/"
    assert client.get("/registration/").status_code == 200
    end = client.post("/registration/sign-out")
    assert (end.status_code, end.headers["location"]) == (307, "/registration/session/end")
    assert client.post("/registration/session/end").headers["location"] == "/registration/sign-in"
    assert RENEWAL_COOKIE not in client.cookies
    assert len(told(session, SessionRevoked)) == 1


def test_the_cookies_are_kept_from_scripts_and_other_sites(client: TestClient, account: Account) -> None:
    cookies = sign_in(client).headers.get_list("set-cookie")
    assert len(cookies) == 2
    assert all("HttpOnly" in cookie and "SameSite=lax" in cookie for cookie in cookies)


def test_a_wrong_password_keeps_the_address_in_the_form(client: TestClient, account: Account) -> None:
    answer = client.post(
        "/registration/sign-in", data={**LOGIN, "password": "wrong"}, headers={"Accept-Language": "de"}
    )
    assert answer.status_code == 401
    assert 'value="Orga@example.org"' in answer.text
    assert "E-Mail-Adresse und Passwort passen nicht zusammen." in answer.text


def test_a_page_without_a_pass_leads_through_the_renewal_to_the_sign_in_and_back(
    client: TestClient, account: Account
) -> None:
    first = client.get("/registration/events/x?q=a")
    assert first.status_code == 307
    to_sign_in = client.get(first.headers["location"]).headers["location"]
    assert to_sign_in == "/registration/sign-in?next=/registration/events/x%3Fq%3Da"
    assert (
        sign_in(client, next="/registration/events/x?q=a").headers["location"] == "/registration/events/x?q=a"
    )


def test_an_expired_pass_is_renewed_and_the_form_arrives(client: TestClient, account: Account) -> None:
    sign_in(client)
    client.cookies.delete(settings.access_cookie)
    sent = client.post("/registration/events/x/registrations/y/cancel", data={"a": "b"})
    assert sent.status_code == 307
    renewed = client.post(sent.headers["location"], data={"a": "b"})
    assert (renewed.status_code, renewed.headers["location"]) == (
        307,
        "/registration/events/x/registrations/y/cancel",
    )
    assert settings.access_cookie in client.cookies


def test_a_session_ends_after_a_working_day(account: Account, session: Session) -> None:
    mine = session.get_one(Account, account.id)
    opened = service.open_browser_session(session, mine, settings.access_private_key)
    late = utc_now() + BROWSER_SESSION_LIFE
    key = settings.access_private_key
    assert service.renew_browser_session(session, opened.secret, key)
    assert service.renew_browser_session(session, opened.secret, key, now=lambda: late) is None
    assert service.renew_browser_session(session, "guessed", key) is None


def test_a_role_that_was_changed_holds_from_the_next_renewal_on(account: Account, session: Session) -> None:
    mine = session.get_one(Account, account.id)
    opened = service.open_browser_session(session, mine, settings.access_private_key)
    mine.memberships[0].role = "viewer"
    session.flush()
    renewed = service.renew_browser_session(session, opened.secret, settings.access_private_key)
    assert set(access.verify(renewed or "", settings.access_public_key).roles.values()) == {Role.viewer}


@pytest.mark.parametrize(
    "url", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:1", "/a\nb"]
)
def test_nobody_is_sent_to_another_site(url: str) -> None:
    assert local(url) == "/registration/"


def test_the_command_makes_an_account_and_prints_its_password_once(session: Session) -> None:
    result = CliRunner().invoke(cli, ["organiser", "add", "anna@example.org", "--organisation", "Zentrum"])
    assert result.exit_code == 0
    password = result.output.rsplit(": ", 1)[1].strip()
    assert service.authenticate(session, "anna@example.org", password).email == "anna@example.org"


def test_the_command_reads_a_password_from_standard_input(session: Session) -> None:
    command = [
        "organiser",
        "add",
        "anna@example.org",
        "--organisation",
        "Zentrum",
        "--role",
        "door",
        "--password-stdin",
    ]
    assert CliRunner().invoke(cli, command, input=PASSWORD + "\n").exit_code == 0
    account = service.authenticate(session, "anna@example.org", PASSWORD)
    assert [membership.role for membership in account.memberships] == ["door"]


@pytest.mark.parametrize(
    ("email", "password", "sentence"),
    [
        ("anna@example.org", "short", "at least 12"),
        ("nobody", PASSWORD, "Please enter a mail address"),
        ("orga@example.org", PASSWORD, "has an account"),
    ],
)
def test_the_command_says_what_is_wrong(account: Account, email: str, password: str, sentence: str) -> None:
    command = ["organiser", "add", email, "--organisation", "Zentrum", "--password-stdin"]
    result = CliRunner().invoke(cli, command, input=password)
    assert result.exit_code == 1
    assert sentence in result.output


def test_a_token_outlives_no_longer_than_it_says(account: Account, session: Session) -> None:
    mine = session.get_one(Account, account.id)
    issued = service.issue_token(session, mine, settings.access_private_key, life=timedelta(days=1))
    assert issued.sign_in.expires_at - issued.sign_in.created_at == timedelta(days=1)
