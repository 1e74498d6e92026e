"""Data for papers: each function makes one thing, and a test mentions only what it is about."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from services.certificates.attendance.document import (
    Evidence,
    EvidencePerson,
    EvidenceStay,
    ExpectedPerson,
    SignInSheet,
)
from services.certificates.badges.document import Badge, BadgeRun
from services.certificates.confirmations.document import Confirmation, SessionFacts
from services.certificates.documents.event import EventFacts
from services.certificates.report.document import FunderReport
from services.certificates.report.figures import Guest, HeldEvent, Period, Report, figures
from services.certificates.tickets.document import Ticket

# The ten hard names of the model event: first name, last name.
HARD_NAMES = [
    ("Jürgen", "Großkreutz-Müller"),
    ("Nguyễn Thị", "Ánh"),
    ("محمد", "علي"),
    ("太郎", "山田"),
    ("अनुष्का", "शर्मा"),
    ("Łukasz", "Żółć"),
    ("Maximiliane-Alexandra", "von und zu Hohenwarth-Schwarzenfels-Lichtenau"),
    ("Ó", "Ek"),
    ("Şükrü", "Çağlayan-Öztürk"),
    ("Αναστασία", "Παπαδοπούλου"),
]
# Marks that no font has in one piece, a soft-dotted i with a dot below, a ligature, Indic clusters, Cyrillic.
HARDER_NAMES = [
    ("X\u030can", "Bi\u1ecbnh"),
    ("Officina", "Affinito"),
    ("प्राध्यापक", "श्री"),
    ("Ольга", "Щёголева"),
    ("فاطمة", "الزهراء"),
]
BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
DAY = datetime.fromisoformat("2022-11-24T00:00:00+01:00")
EVENT = EventFacts(
    title="Vernetzungstreffen des KI-Hubs Sachsen-Thüringen",
    organiser="Mittelstand-Digital Zentrum Chemnitz",
    venue="TU Chemnitz, Professur Fabrikplanung und Intralogistik",
    city="Chemnitz",
    starts_at=DAY + timedelta(hours=9, minutes=30),
    ends_at=DAY + timedelta(hours=16, minutes=15),
    timezone="Europe/Berlin",
)
DRAWN_AT = datetime(2022, 11, 25, 8, 30, tzinfo=UTC)


def at(clock: str) -> datetime:
    """An instant of the event's day."""
    hours, minutes = clock.split(":")
    return DAY + timedelta(hours=int(hours), minutes=int(minutes))


def a_ticket_code(seed: int = 1) -> str:
    """As long as a signed code, 139 characters, and as random."""
    chosen = random.Random(seed)
    return "EVT1:" + "".join(chosen.choice(BASE45) for _ in range(134))


def a_ticket(first: str = "Jürgen", last: str = "Großkreutz-Müller", **changes: Any) -> Ticket:
    facts: dict[str, Any] = {
        "event": EVENT,
        "name": f"{first} {last}",
        "organisation": "Thüringer Glas & Optik GmbH",
        "category": "guest",
        "ticket_code": a_ticket_code(),
        "short_code": "BCDF-GHJK",
        "link": "https://events.example.org/registration/r/abcdefghijklmnopqrstuvwxyz0123456789",
        "language": "de",
        "issued_at": DRAWN_AT,
    }
    return Ticket(**{**facts, **changes})


def a_badge(first: str = "Jürgen", last: str = "Großkreutz-Müller", **changes: Any) -> Badge:
    facts: dict[str, Any] = {
        "first_name": first,
        "last_name": last,
        "organisation": "Thüringer Glas & Optik GmbH",
        "category": "guest",
        "ticket_code": a_ticket_code(),
        "short_code": "BCDF-GHJK",
    }
    return Badge(**{**facts, **changes})


def a_badge_run(badges: Sequence[Badge]) -> BadgeRun:
    return BadgeRun(event=EVENT, badges=badges, language="de", drawn_at=DRAWN_AT)


def a_confirmation(first: str = "Jürgen", last: str = "Großkreutz-Müller", **changes: Any) -> Confirmation:
    sessions = (
        SessionFacts("Begrüßung", at("9:30"), 15),
        SessionFacts("Status quo von KI in Sachsen", at("11:15"), 30, "InfAI e. V., Leipzig"),
        SessionFacts("Mittagessen", at("12:15"), 60, is_break=True),
    )
    facts: dict[str, Any] = {
        "event": EVENT,
        "name": f"{first} {last}",
        "organisation": "Thüringer Glas & Optik GmbH",
        "sessions": sessions,
        "attended_minutes": 332,
        "programme_minutes": 345,
        "number": "2022-0007",
        "address": "https://events.example.org/v/7QK2M9XW4RTB",
        "language": "de",
        "issued_at": DRAWN_AT,
    }
    return Confirmation(**{**facts, **changes})


def a_sign_in_sheet(names: Sequence[tuple[str, str]], **changes: Any) -> SignInSheet:
    facts: dict[str, Any] = {
        "event": EVENT,
        "persons": [ExpectedPerson(f"{first} {last}", "Freie Beratung") for first, last in names],
        "funding_reference": "01MF21007A",
        "language": "de",
        "drawn_at": DRAWN_AT,
        "walk_in_rows": 2,
    }
    return SignInSheet(**{**facts, **changes})


def a_person(first: str = "Jürgen", last: str = "Großkreutz-Müller", **changes: Any) -> EvidencePerson:
    facts: dict[str, Any] = {
        "name": f"{first} {last}",
        "organisation": "Freie Beratung",
        "stays": (EvidenceStay(at("9:10"), at("16:02"), at("16:02")),),
        "minutes": 332,
        "is_due": True,
    }
    return EvidencePerson(**{**facts, **changes})


def an_evidence(persons: Sequence[EvidencePerson], **changes: Any) -> Evidence:
    facts: dict[str, Any] = {
        "event": EVENT,
        "persons": persons,
        "programme_minutes": 345,
        "required_minutes": 259,
        "funding_reference": "01MF21007A",
        "language": "de",
        "drawn_at": DRAWN_AT,
    }
    return Evidence(**{**facts, **changes})


def a_funders_report(events: int = 1) -> FunderReport:
    """As many events on the same day, each with the guests that have hard names for an organisation."""
    held = HeldEvent(
        DAY.date(), {"de": EVENT.title}, EVENT.place, EVENT.organiser, "01MF21007A", EVENT.timezone
    )
    guests = [Guest(f"{last}@example.org", last, has_come=True, minutes=345) for _, last in HARD_NAMES]
    report = Report([figures(held, guests, confirmations=len(guests))] * events)
    return FunderReport(report, Period(DAY.date(), DAY.date()), "de", DRAWN_AT)
