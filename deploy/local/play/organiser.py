"""The organiser's way: the event and its programme, who else comes, papers, closing."""

from typing import Any

from deploy.local.play import data
from deploy.local.play.data import CHECKBOXES, QUESTIONS, Participant
from deploy.local.play.http import Visitor, wait_for
from deploy.local.play.system import System

EMAIL = "organisation@example.org"
ORGANISATION = "Mittelstand-Digital Zentrum Chemnitz"
CONTACT = "ki-hub@example.org"
FUNDING_REFERENCE = "01MF22004A"

LABELS = {
    "diet": {"de": "Ernährung", "en": "Diet"},
    "photo_consent": {"de": "Ich darf fotografiert werden.", "en": "I may be photographed."},
    "directory_consent": {
        "de": "Mein Name darf im Teilnehmerverzeichnis stehen.",
        "en": "My name may appear in the list of participants.",
    },
    "cafe_wish_1": {"de": "World Café: erster Wunsch", "en": "World Café: first wish"},
    "cafe_wish_2": {"de": "World Café: zweiter Wunsch", "en": "World Café: second wish"},
    "cafe_wish_3": {"de": "World Café: dritter Wunsch", "en": "World Café: third wish"},
}
# Who signs up publicly gets the first one; the organiser registers the others.
CATEGORIES = {
    "partner": {"de": "Partner", "en": "Partner"},
    "guest": {"de": "Gast", "en": "Guest"},
    "speaker": {"de": "Referent/in", "en": "Speaker"},
    "staff": {"de": "Team", "en": "Staff"},
}


class Organiser:
    """Somebody with an account, working through the REST API."""

    def __init__(self, stack: System, password: str) -> None:
        self.email = EMAIL
        self.password = password
        self.slug = data.programme()["event"]["slug"]
        stack.run(
            "organiser", "add", EMAIL, "--organisation", ORGANISATION, "--password-stdin", feed=password
        )
        self.api = Visitor(stack.urls.public, self.token(stack))

    def token(self, stack: System, scopes: list[str] | None = None) -> str:
        """An API token; `scopes` may limit it, for example to `["scan"]` for a door."""
        asked = {"email": self.email, "password": self.password, **({"scopes": scopes} if scopes else {})}
        answer = Visitor(stack.urls.public).post("/registration/api/v1/tokens", status=201, json=asked)
        return str(answer.json()["token"])

    def set_up_event(self) -> None:
        """Event, rooms, sessions, settings and rules, published and released."""
        programme = data.programme()
        facts = dict(programme["event"])
        capacity, rule = facts.pop("capacity"), facts.pop("attendance_rule")
        agenda = f"/agenda/api/v1/events/{self.slug}"
        self.api.post("/agenda/api/v1/events", status=201, json={**facts, "contact_email": CONTACT})
        for room in programme["rooms"]:
            self.api.post(f"{agenda}/rooms", status=201, json=room)
        for session in programme["sessions"]:
            self.api.post(f"{agenda}/sessions", status=201, json=session)
        self.api.put(f"/registration/api/v1/events/{self.slug}/settings", json=_settings(capacity))
        self.api.put(f"/certificates/api/v1/events/{self.slug}/rules", json=_rules(rule))
        self.api.post(f"{agenda}/publish")
        self.api.post(f"{agenda}/releases", status=201)

    def register(self, person: Participant) -> dict[str, Any]:
        """Register somebody by hand, with our own reference and category."""
        body = {
            "ref": person.ref,
            "first_name": person.first_name,
            "last_name": person.last_name,
            "email": person.email,
            "organisation": person.organisation,
            "category": person.category,
            "locale": person.locale,
            **person.answers,
        }
        address = f"/registration/api/v1/events/{self.slug}/registrations"
        found: dict[str, Any] = self.api.post(address, status=201, json=body).json()
        return found

    def registrations(self) -> list[dict[str, Any]]:
        answer = self.api.get(f"/registration/api/v1/events/{self.slug}/registrations", params={"limit": 200})
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    def attendance(self) -> dict[str, Any]:
        answer = self.api.get(f"/certificates/api/v1/events/{self.slug}/attendance", params={"limit": 1000})
        found: dict[str, Any] = answer.json()
        return found

    def paper(self, kind: str, **wishes: Any) -> tuple[dict[str, Any], bytes]:
        """Have `badge-runs`, `sign-in-sheets` or `evidence-lists` drawn; the run's state and its PDF."""
        asked = self.api.post(f"/certificates/api/v1/events/{self.slug}/{kind}", status=202, json=wishes)
        place = asked.headers["Location"]

        def finished() -> dict[str, Any] | None:
            run: dict[str, Any] = self.api.get(place).json()
            return run if run["state"] not in ("queued", "drawing") else None

        run = wait_for(kind, finished)
        return run, self.api.get(run["file"]).content

    def close(self) -> None:
        self.api.post(f"/agenda/api/v1/events/{self.slug}/close")


def _settings(capacity: int) -> dict[str, Any]:
    return {
        "capacity": capacity,
        "categories": [{"key": key, "labels": labels} for key, labels in CATEGORIES.items()],
        "questions": [_question(key) for key in QUESTIONS],
        # The event lies in 2022: without explicit deadlines sign-up would have ended.
        "opens_at": None,
        "closes_at": None,
        "cancel_until": None,
        "retention_days": None,
    }


def _question(key: str) -> dict[str, Any]:
    if key in CHECKBOXES:
        return {"key": key, "labels": LABELS[key], "type": "checkbox"}
    if key.startswith("cafe_wish"):
        return {"key": key, "labels": LABELS[key], "type": "choice", "options": _tables()}
    return {"key": key, "labels": LABELS[key], "type": "text"}


def _tables() -> list[dict[str, Any]]:
    cafe = next(session for session in data.programme()["sessions"] if session["key"] == "cafe")
    tables = cafe["networking"]["tables"]
    return [{"key": table["key"], "labels": {"de": table["title"]}} for table in tables]


def _rules(attendance_rule: dict[str, Any]) -> dict[str, Any]:
    return {
        **attendance_rule,
        "count_open_stays": True,
        "mailing": {"start": "after_closing", "delay_minutes": 0},
        "funding_reference": FUNDING_REFERENCE,
        "number_prefix": "KIH",
    }
