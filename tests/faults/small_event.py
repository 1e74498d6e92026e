"""An event of six people: five stay, one does not come, so five confirmations are due."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx2

from deploy.local.play.http import PlayFailed, Visitor

BEGINS, ENDS = "2022-11-24T09:00:00+01:00", "2022-11-24T10:00:00+01:00"
PEOPLE = tuple(f"P{number}" for number in range(1, 7))
COMING = PEOPLE[:-1]
# How long a client asks again and again, with the same key, before somebody calls it broken.
PATIENCE = 60.0


class Client(Visitor):
    """A client that looks at each answer itself, whatever its status."""

    def send(self, path: str, **options: Any) -> httpx2.Response:
        return self._client.post(path, **options)

    def change(self, path: str, facts: dict[str, Any]) -> None:
        headers = {"If-Match": self.get(path).headers["ETag"]}
        self._client.patch(path, headers=headers, json=facts).raise_for_status()


@dataclass
class SmallEvent:
    """One event under its own slug; what the services answered with 2xx is kept for the judges."""

    api: Client
    late: tuple[str, ...] = ()
    """Whose scans are sent only after the event was closed."""
    before_late: Callable[[], None] = lambda: None
    """What happens between the closing and the late scans."""
    papers: tuple[str, ...] = ()
    """What is ordered when everybody has signed up, such as `badge-runs`."""
    slug: str = field(default_factory=lambda: f"faults-{uuid4().hex[:12]}")
    id: str = ""
    is_closed: bool = False
    registrations: list[UUID] = field(default_factory=list)
    scans: list[UUID] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    @property
    def guests(self) -> tuple[str, ...]:
        return tuple(map(self._address, PEOPLE))

    @property
    def due(self) -> tuple[str, ...]:
        return tuple(map(self._address, COMING))

    def is_ours(self, address: str) -> bool:
        return address.endswith(f"@{self.slug}.example.org")

    def may_have_another(self, kind: str, address: str) -> bool:
        return False

    def _address(self, ref: str) -> str:
        return f"{ref.lower()}@{self.slug}.example.org"

    def set_up(self) -> None:
        """Published and released, before anything is broken."""
        answer = self.api.post("/agenda/api/v1/events", status=201, json=self._facts())
        self.id = answer.json()["id"]
        agenda = f"/agenda/api/v1/events/{self.slug}"
        self.api.post(f"{agenda}/sessions", status=201, json=_session())
        self.api.put(f"/registration/api/v1/events/{self.slug}/settings", json={"capacity": 6})
        self.api.put(f"/certificates/api/v1/events/{self.slug}/rules", json=_rules())
        self.api.post(f"{agenda}/publish")
        self.api.post(f"{agenda}/releases", status=201)

    def change(self, times: int) -> None:
        """Say something else of the event, again and again: nothing that is told to people by mail."""
        for number in range(times):
            facts = {"organiser": f"Beispielverein {number}"}
            self.api.change(f"/agenda/api/v1/events/{self.slug}", facts)

    def play(self) -> None:
        """Sign-ups, scans, closing, late scans: each asked again until it is answered."""
        for ref in PEOPLE:
            self._register(ref)
        for collection in self.papers:
            self._ask(f"/certificates/api/v1/events/{self.slug}/{collection}")
        here = [ref for ref in COMING if ref not in self.late]
        self._scan(here, "in", BEGINS)
        self._scan(here, "out", ENDS)
        self.is_closed = self._ask(f"/agenda/api/v1/events/{self.slug}/close") is not None
        self.before_late()
        for ref in self.late:
            self._scan([ref], "in", BEGINS)
            self._scan([ref], "out", ENDS)

    def _register(self, ref: str) -> None:
        person = {"ref": ref, "first_name": "Ada", "last_name": f"Person {ref}", "email": self._address(ref)}
        answer = self._ask(
            f"/registration/api/v1/events/{self.slug}/registrations", json={**person, "locale": "de"}
        )
        if answer:
            self.registrations.append(UUID(answer.json()["id"]))

    def _scan(self, refs: list[str], direction: str, moment: str) -> None:
        batch = [{"scanned_at": moment, "direction": direction, "ref": ref} for ref in refs]
        answer = self._ask(f"/registration/api/v1/events/{self.slug}/scans", json={"scans": batch})
        if answer:
            results = answer.json()["results"]
            self.scans += [UUID(result["scan_id"]) for result in results if result["scan_id"]]
            self.refusals += [f"a scan: {result}" for result in results if not result["scan_id"]]

    def _ask(self, path: str, **options: Any) -> httpx2.Response | None:
        """Ask until somebody answers: 2xx is taken, 4xx noted; 5xx and silence mean asking again."""
        key, deadline = uuid4().hex, time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            answer: httpx2.Response | None = None
            # A connection that ends leaves the client as wise as before: it asks again.
            with suppress(httpx2.TransportError):
                answer = self.api.send(path, headers={"Idempotency-Key": key}, **options)
            if answer is not None and answer.is_success:
                return answer
            if answer is not None and answer.status_code < 500 and not is_in_flight(answer):
                self.refusals.append(f"POST {path}: {answer.status_code} {answer.text[:200]}")
                return None
            time.sleep(0.2)
        raise PlayFailed(f"POST {path} was not answered for {PATIENCE:.0f} s")

    def _facts(self) -> dict[str, Any]:
        return {
            "slug": self.slug,
            "title": {"de": "Treffen zu sechst", "en": "Meeting of six"},
            "starts_at": BEGINS,
            "ends_at": ENDS,
            "timezone": "Europe/Berlin",
            "venue": {"name": "Aula", "city": "Chemnitz", "country": "DE"},
            "organiser": "Beispielverein",
        }


def is_in_flight(answer: httpx2.Response) -> bool:
    """The first attempt still holds its key: asking again is what the answer asks for."""
    return answer.status_code == 409 and "in-flight" in answer.text


def _session() -> dict[str, Any]:
    return {"key": "talk", "kind": "plenary", "title": "Vortrag", "starts_at": BEGINS, "minutes": 60}


def _rules() -> dict[str, Any]:
    mailing = {"start": "after_closing", "delay_minutes": 0}
    return {"min_share_of_programme": 0.75, "mailing": mailing, "number_prefix": "F"}
