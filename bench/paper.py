"""Badges and confirmations beside a hand-written PDF writer that draws the same for the same people."""

import importlib.util
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
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
from services.certificates.documents.event import EventFacts
from services.certificates.verification import document as confirmations
from services.certificates.verification.document import Confirmation, SessionFacts
from shared.contracts.ticket_code import sign

PEOPLE = 200
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
    people = module_at(folder / "data.py").people(PEOPLE)
    run, papers = badge_run(people), [confirmation(person) for person in people]
    page, page_limit, paper, paper_limit = interleaved(
        lambda: cpu_microseconds(lambda: badges.draw(run), PEOPLE),
        lambda: limit_of(folder, "badge"),
        lambda: cpu_microseconds(lambda: [confirmations.draw(each) for each in papers], PEOPLE),
        lambda: limit_of(folder, "cert"),
        passes=3,
    )
    yield Figure("badge page (µs of CPU)", page, page_limit)
    yield Figure("confirmation (µs of CPU)", paper, paper_limit)


def cpu_microseconds(draw: Callable[[], object], count: int) -> float:
    started = time.process_time()
    draw()
    return 1e6 * (time.process_time() - started) / count


def limit_of(folder: Path, kind: str) -> float:
    done = subprocess.run(  # noqa: S603 - our own program with our own arguments
        [sys.executable, str(folder / "limit.py"), kind, str(5 * PEOPLE)],
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
        ticket_code=sign(UUID(int=1), UUID(int=person["i"]), KEY),
        short_code="BCDF-GHJK",
    )


KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))


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
