"""A small event on the running stack, made through the API as organisers make theirs."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from deploy.local.play.http import Visitor
from deploy.local.stack import Stack

EMAIL = "mira.beispiel@example.org"
PASSWORD = "a long enough password for a browser"
ORGANISATION = "Beispielverein"

_numbers = count(1)


@dataclass(frozen=True)
class Published:
    slug: str
    title: str


class Organiser:
    """Somebody with an account on a stack; `api` acts with a token of theirs."""

    def __init__(self, stack: Stack) -> None:
        command = ("organiser", "add", EMAIL, "--organisation", ORGANISATION, "--password-stdin")
        stack.run(*command, feed=PASSWORD)
        asked = {"email": EMAIL, "password": PASSWORD}
        answer = Visitor(stack.urls.public).post("/registration/api/v1/tokens", status=201, json=asked)
        self.api = Visitor(stack.urls.public, str(answer.json()["token"]))

    def publish_event(self, *, capacity: int = 10, begins_in: timedelta = timedelta(days=1)) -> Published:
        """An event of four hours with one session, open for sign-up."""
        number = next(_numbers)
        event = Published(f"meeting-{number}", f"Meeting {number}")
        begins = (datetime.now(UTC) + begins_in).replace(second=0, microsecond=0)
        self.api.post("/agenda/api/v1/events", status=201, json=_facts(event, begins))
        agenda = f"/agenda/api/v1/events/{event.slug}"
        self.api.post(f"{agenda}/sessions", status=201, json=_session(begins))
        address = f"/registration/api/v1/events/{event.slug}/settings"
        self.api.put(address, json=_settings(capacity))
        self.api.post(f"{agenda}/publish")
        self.api.post(f"{agenda}/releases", status=201)
        return event

    def register(self, event: Published, *, first_name: str, last_name: str) -> str:
        """Give somebody a place; their registration's id."""
        body = {
            "first_name": first_name,
            "last_name": last_name,
            "email": f"{first_name.lower()}@{event.slug}.example.org",
            "locale": "en",
        }
        address = f"/registration/api/v1/events/{event.slug}/registrations"
        return str(self.api.post(address, status=201, json=body).json()["id"])


def _facts(event: Published, begins: datetime) -> dict[str, Any]:
    return {
        "slug": event.slug,
        "title": {"de": f"Treffen {event.slug}", "en": event.title},
        "starts_at": begins.isoformat(),
        "ends_at": (begins + timedelta(hours=4)).isoformat(),
        "timezone": "Europe/Berlin",
        "venue": {"name": "Kongresszentrum", "city": "Chemnitz", "country": "DE"},
        "organiser": ORGANISATION,
        "contact_email": EMAIL,
    }


def _session(begins: datetime) -> dict[str, Any]:
    return {
        "key": "welcome",
        "title": "Welcome",
        "kind": "plenary",
        "starts_at": begins.isoformat(),
        "minutes": 120,
    }


def _settings(capacity: int) -> dict[str, Any]:
    return {
        "capacity": capacity,
        "categories": [{"key": "guest", "labels": {"de": "Gast", "en": "Guest"}}],
        "questions": [
            {"key": "diet", "labels": {"de": "Ernährung", "en": "Diet"}},
            {
                "key": "wish",
                "labels": {"de": "Thema", "en": "Topic"},
                "type": "choice",
                "options": [
                    {"key": "health", "labels": {"de": "Gesundheit", "en": "Health"}},
                    {"key": "law", "labels": {"de": "Recht", "en": "Law"}},
                ],
            },
            {
                "key": "photo",
                "labels": {"de": "Ich darf fotografiert werden.", "en": "I may be photographed."},
                "type": "checkbox",
            },
        ],
    }
