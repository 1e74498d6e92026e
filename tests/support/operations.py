"""The page and the API "Operations", which every service has: its routes, what can be stuck, who looks."""

import importlib
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from fastapi.testclient import TestClient

from shared.kit import outbox
from shared.kit.access import Principal, Right, Role, sign
from shared.kit.clock import utc_now
from shared.kit.database import Sessions, new_id
from shared.kit.mail import Mail, MailStream, queue
from shared.kit.outbox import OutboxMessage
from shared.kit.settings import Settings
from tests.support.facts import ORGANISATION, a_confirmed_registration
from tests.support.mails import mail_to

STREAM = "treffpunkt@example.org via mail.example.org:587"

Route = tuple[str, str]


def routes_of(service: str) -> set[Route]:
    """Every route: method and path."""
    page, api = f"/{service}/operations", f"/{service}/api/v1/operations"
    message, mail = "/{message_id}/send-again", "/mails/{mail_id}/send-again"
    return {
        ("GET", page),
        ("POST", f"{page}/messages/send-again"),
        ("POST", f"{page}/messages{message}"),
        ("POST", f"{page}{mail}"),
        ("POST", f"{page}/streams/resume"),
        ("GET", api),
        ("GET", f"{api}/parked-messages"),
        ("POST", f"{api}/parked-messages/send-again"),
        ("POST", f"{api}/parked-messages{message}"),
        ("GET", f"{api}/mails"),
        ("POST", f"{api}{mail}"),
        ("POST", f"{api}/streams/resume"),
    }


@dataclass(frozen=True)
class Service:
    """One service from outside, with its database."""

    name: str
    sessions: Sessions
    settings: Settings

    @property
    def page(self) -> str:
        return f"/{self.name}/operations"

    @property
    def api(self) -> str:
        return f"/{self.name}/api/v1/operations"

    def public(self) -> TestClient:
        app = importlib.import_module(f"services.{self.name}.main").app
        return TestClient(app, base_url="http://localhost:8080", follow_redirects=False)

    def program(
        self, role: Role = Role.organiser, organisation: UUID = ORGANISATION, *rights: Right
    ) -> TestClient:
        """Somebody with a token, which may do only these of the role's rights, where some are named."""
        client = self.public()
        client.headers["authorization"] = f"Bearer {self._pass(role, organisation, rights)}"
        return client

    def browser(
        self, role: Role = Role.organiser, organisation: UUID = ORGANISATION, language: str = "en"
    ) -> TestClient:
        client = self.public()
        client.cookies.set(self.settings.access_cookie, self._pass(role, organisation))
        client.headers["accept-language"] = language
        return client

    def _pass(self, role: Role, organisation: UUID, rights: tuple[Right, ...] = ()) -> str:
        principal = Principal(
            account_id=UUID(int=7),
            session_id=new_id(),
            name="organiser@example.org",
            roles={organisation: role},
            scopes=frozenset(rights or Right),
        )
        return sign(principal, self.settings.access_private_key, life=timedelta(minutes=5))

    def park(self, organisation: UUID = ORGANISATION, reason: str = "unknown name or version") -> UUID:
        """A message of this organisation that both its consumers could not take."""
        with self.sessions.begin() as session:
            outbox.publish(session, a_confirmed_registration(organisation_id=organisation))
            newest = max(message.message_id for message in outbox.take_due(session))
            for message in session.query(OutboxMessage).filter_by(message_id=newest):
                message.parked_at, message.error, message.attempts = utc_now(), reason or None, 12
        return newest

    def put_mail(self, address: str, state: str, organisation: UUID = ORGANISATION, **facts: object) -> UUID:
        """A mail in this state, as a server's answer left it."""
        with self.sessions.begin() as session:
            queue(session, mail_to(address, organisation_id=organisation))
            mail = session.query(Mail).filter_by(recipient=address).one()
            for name, value in {"state": state, **facts}.items():
                setattr(mail, name, value)
            return mail.id

    def hold_up(self, *, is_stopped: bool = True) -> None:
        moment = utc_now()
        stream = MailStream(
            name=STREAM,
            reason="535 5.7.8 Authentication credentials invalid",
            since=moment,
            failures=1,
            stopped_at=moment if is_stopped else None,
            pause_until=None if is_stopped else moment + timedelta(minutes=5),
        )
        with self.sessions.begin() as session:
            session.add(stream)

    def parked(self) -> int:
        with self.sessions() as session:
            return len(outbox.list_parked(session))

    def state_of(self, mail_id: UUID) -> str:
        with self.sessions() as session:
            return session.get_one(Mail, mail_id).state

    def streams(self) -> int:
        with self.sessions() as session:
            return session.query(MailStream).count()


def a_service(name: str) -> Service:
    runtime = importlib.import_module(f"services.{name}.runtime")
    return Service(name, runtime.Sessions, runtime.settings)
