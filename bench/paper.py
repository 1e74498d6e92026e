"""Badges and confirmations beside a hand-written PDF writer that draws the same for the same people.

python -m bench.paper 1000     so many badges in a process of their own: its seconds of CPU, its memory
"""

import importlib.util
import json
import pickle
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench import limits
from bench.figures import Figure, interleaved
from bench.world import World
from services.certificates.badges import document as badges
from services.certificates.badges.document import Badge, BadgeRun
from services.certificates.confirmations import document as confirmations
from services.certificates.confirmations.document import Confirmation, SessionFacts
from services.certificates.documents.event import EventFacts
from services.certificates.documents.qr import encode
from services.certificates.printing.document import Press, draw_sheets
from services.certificates.printing.imposition import Filling, badges_of, count_sheets
from services.certificates.printing.sheets import SHEETS
from services.certificates.signing import pades
from shared.contracts.ticket_code import sign
from shared.kit import signing_keys
from shared.kit.clock import utc_now

# As many as a large event has, on both sides.
PEOPLE = 1000
BEGIN = datetime(2022, 11, 24, 8, 0, tzinfo=UTC)
EVENT = EventFacts(
    title="Vernetzungstreffen KI-Knotenpunkte Nord/Süd",
    organiser="KI-Hub Sachsen-Anhalt",
    venue="Universitätsplatz 2",
    city="Magdeburg",
    starts_at=BEGIN,
    ends_at=BEGIN + timedelta(hours=7),
    timezone="Europe/Berlin",
)


def measure(world: World) -> Iterator[Figure | str]:
    try:
        folder = limits.folder("pdf")
    except limits.LimitMissing as missing:
        yield str(missing)
        return
    crowd = Crowd(folder)
    draw_badges(crowd.people(2))
    draw_confirmations(crowd.people(2))
    sign_confirmations(crowd.people(2))
    page, on_sheet, page_limit, paper, paper_limit, code, link, signature = interleaved(
        lambda: cpu_microseconds(draw_badges, crowd.people(PEOPLE)),
        lambda: cpu_microseconds(draw_badges_on_sheets, crowd.people(PEOPLE)),
        lambda: limit_of(folder, "badge"),
        lambda: cpu_microseconds(draw_confirmations, crowd.people(PEOPLE)),
        lambda: limit_of(folder, "cert"),
        lambda: cpu_microseconds(draw_codes, crowd.people(PEOPLE)),
        lambda: cpu_microseconds(draw_links, crowd.people(PEOPLE)),
        lambda: milliseconds_to_sign(crowd.people(PEOPLE // 10)),
        passes=5,
    )
    yield Figure("badge page (µs of CPU)", page, page_limit)
    yield Figure("badge page (bytes)", draw_badges(crowd.people(PEOPLE)) / PEOPLE)
    yield Figure("badge on a sheet of four (µs of CPU)", on_sheet, page_limit)
    yield Figure("badge on a sheet of four (bytes)", draw_badges_on_sheets(crowd.people(PEOPLE)) / PEOPLE)
    yield Figure("confirmation, tagged and PDF/A (µs of CPU)", paper, paper_limit)
    yield Figure("confirmation (bytes)", draw_confirmations(crowd.people(PEOPLE)) / PEOPLE)
    yield Figure("signing a confirmation with pyHanko (ms of CPU, at most 15)", signature, 15)
    signed = crowd.people(PEOPLE // 10)
    yield Figure("confirmation, signed (bytes)", sign_confirmations(signed) / len(signed))
    yield Figure("QR code of the limit's link of 60 characters (µs of CPU, at most 10)", link, 10)
    yield Figure("QR code of a ticket of 139 characters (µs of CPU)", code)
    seconds, megabytes = alone(badge_run(crowd.people(PEOPLE)))
    yield Figure(f"{PEOPLE} badges in a process of their own (s of CPU)", seconds)
    yield Figure("the same (MB resident at most)", megabytes)


class Crowd:
    """People as the limit draws them: each time others, so that nobody's paper is in a cache."""

    def __init__(self, folder: Path) -> None:
        self._data = module_at(folder / "data.py")
        self._seeds = count(1)

    def people(self, number: int) -> list[dict[str, Any]]:
        seed = next(self._seeds)
        people = self._data.people(number, seed=seed)
        return [
            {**person, "i": 10_000 * seed + person["i"], "url": fresh(person["url"], seed)}
            for person in people
        ]


def fresh(address: str, seed: int) -> str:
    """An address as long as this one that no other crowd has."""
    return f"{address[: -len(str(seed))]}{seed}"


def draw_badges(people: Sequence[dict[str, Any]]) -> int:
    """The bytes of one run."""
    return len(badges.draw(badge_run(people)))


def draw_badges_on_sheets(people: Sequence[dict[str, Any]]) -> int:
    """The bytes of one run, four badges to a sheet."""
    run, grid = badge_run(people), SHEETS["4xA6"].grid
    sheets = [
        [(cell, run.badges[at]) for cell, at in badges_of(sheet, len(people), grid.count, Filling.STACKS)]
        for sheet in range(count_sheets(len(people), grid.count))
    ]
    return len(draw_sheets(run, Press(grid), sheets))


def draw_confirmations(people: Sequence[dict[str, Any]]) -> int:
    """The bytes of all of them."""
    return sum(len(confirmations.draw(confirmation(person))) for person in people)


def sign_confirmations(people: Sequence[dict[str, Any]]) -> int:
    """The bytes of all of them, signed."""
    return sum(len(pades.sign(paper, SEAL)) for paper in drawn_for_signing(people))


def drawn_for_signing(people: Sequence[dict[str, Any]]) -> list[bytes]:
    return [confirmations.draw(replace(confirmation(person), room=SEAL.room)) for person in people]


def milliseconds_to_sign(people: Sequence[dict[str, Any]]) -> float:
    """For each, in a mass run: the key is kept, and what the paper costs is not the signature's."""
    papers = drawn_for_signing(people)
    started = time.process_time()
    for paper in papers:
        pades.sign(paper, SEAL)
    return 1e3 * (time.process_time() - started) / len(papers)


def draw_codes(people: Sequence[dict[str, Any]]) -> int:
    return sum(len(encode(code_of(person)).bits) for person in people)


def draw_links(people: Sequence[dict[str, Any]]) -> int:
    return sum(len(encode(person["url"]).bits) for person in people)


def cpu_microseconds(
    draw: Callable[[Sequence[dict[str, Any]]], int], people: Sequence[dict[str, Any]]
) -> float:
    """For each person; what a signature costs is not the paper's, so codes are signed before."""
    for person in people:
        code_of(person)
    started = time.process_time()
    draw(people)
    return 1e6 * (time.process_time() - started) / len(people)


def alone(run: BadgeRun) -> tuple[float, float]:
    """Seconds of CPU and megabytes of a process that draws this run."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.badge_run"], input=pickle.dumps(run), capture_output=True, check=True
    )
    seconds, megabytes = json.loads(done.stdout)
    return seconds, megabytes


def limit_of(folder: Path, kind: str) -> float:
    done = subprocess.run(  # noqa: S603 - our own program with our own arguments
        [sys.executable, str(folder / "limit.py"), kind, str(PEOPLE)],
        capture_output=True,
        text=True,
        check=True,
    )
    return float(json.loads(done.stdout)["cpu_us"])


def module_at(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("limit_data", path)
    if spec is None or spec.loader is None:
        raise limits.LimitMissing(f"{path.name} cannot be read.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def badge_run(people: Sequence[dict[str, Any]]) -> BadgeRun:
    return BadgeRun(EVENT, [badge(person) for person in people], "de", BEGIN)


def badge(person: dict[str, Any]) -> Badge:
    first, _, last = person["name"].rpartition(" ")
    return Badge(
        first_name=first,
        last_name=last,
        organisation=person["org"],
        category="guest",
        ticket_code=code_of(person),
        short_code="BCDF-GHJK",
    )


KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
RING = signing_keys.new_ring("https://events.example.org", utc_now())
DOCUMENT_KEY = next(key for key in RING.keys if key.use is signing_keys.Use.DOCUMENT)
SEAL = pades.make_seal(DOCUMENT_KEY.kid, DOCUMENT_KEY.private or "", DOCUMENT_KEY.public)


@cache
def _code(number: int) -> str:
    return sign(UUID(int=1), UUID(int=number), KEY)


def code_of(person: dict[str, Any]) -> str:
    return _code(person["i"])


def confirmation(person: dict[str, Any]) -> Confirmation:
    sessions = [
        SessionFacts(title, BEGIN + timedelta(hours=number), 45, is_break=hours == "–")
        for number, (_, title, hours) in enumerate(person["rows"])
    ]
    return Confirmation(
        event=EVENT,
        name=person["name"],
        organisation=person["org"],
        sessions=sessions,
        attended_minutes=300,
        programme_minutes=315,
        number=f"2022-{person['i']:04d}",
        address=person["url"],
        language="de",
        issued_at=BEGIN + timedelta(days=1),
    )
