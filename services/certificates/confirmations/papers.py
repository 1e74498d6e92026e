"""From what was attended to the bytes of a paper: the one place where a confirmation is made."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from services.certificates.attendance.service import EventAttendance, Participation, rules_of
from services.certificates.confirmations import document
from services.certificates.confirmations.numbers import shown_code
from services.certificates.copies.models import Event
from services.certificates.copies.service import released_sessions
from services.certificates.copies.wording import language_of, printable_facts, printable_texts
from services.certificates.runs.problems import listed
from services.certificates.runtime import settings
from services.certificates.signing.keys import seal_of
from services.certificates.signing.pades import sign


class Unprintable(Exception):
    """A confirmation that cannot be printed or mailed as it should be: somebody has to look at it."""

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(problem["what"])
        self.problem = problem


@dataclass(frozen=True)
class Batch:
    """What the confirmations of one batch share."""

    event: Event
    attendance: EventAttendance
    number_prefix: str
    sessions: Sequence[document.SessionFacts]
    issued_at: datetime

    @property
    def programme_minutes(self) -> int:
        return self.attendance.programme_seconds // 60

    @property
    def year(self) -> int:
        """The year of the running numbers: in which the organiser issues them."""
        return self.issued_at.astimezone(ZoneInfo(self.event.timezone)).year


def gather(session: Session, event: Event, attendance: EventAttendance, issued_at: datetime) -> Batch:
    """What the papers of these people share."""
    return Batch(
        event=event,
        attendance=attendance,
        number_prefix=rules_of(session, event).number_prefix,
        sessions=[_session_facts(each) for each in released_sessions(session, event)],
        issued_at=issued_at,
    )


def _session_facts(each: dict[str, Any]) -> document.SessionFacts:
    starts_at, ends_at = (datetime.fromisoformat(each[name]) for name in ("starts_at", "ends_at"))
    texts, _ = printable_texts({"title": each["title"], "speakers": ", ".join(each["speakers"])})
    return document.SessionFacts(
        title=texts["title"],
        starts_at=starts_at,
        minutes=(ends_at - starts_at) // timedelta(minutes=1),
        speakers=texts["speakers"],
        is_break=each["kind"] == "break",
    )


def make_paper(batch: Batch, person: Participation, number: str, code: str) -> bytes:
    """The signed bytes that are stored and mailed. Raises Unprintable."""
    seal = seal_of(batch.event.organisation_id)
    confirmation = replace(_drawing(batch, person, number, code), room=seal.room)
    if problems := document.problems_of(confirmation):
        raise Unprintable(listed(problems[0]))
    return sign(document.draw(confirmation), seal)


def _drawing(batch: Batch, person: Participation, number: str, code: str) -> document.Confirmation:
    language = language_of(person.attendee.locale)
    facts, _ = printable_facts(batch.event, language)
    return document.Confirmation(
        event=facts,
        name=person.attendee.name,
        organisation=person.attendee.organisation,
        sessions=batch.sessions,
        attended_minutes=person.attendance.minutes,
        programme_minutes=batch.programme_minutes,
        number=number,
        address=address_of(code),
        language=language,
        issued_at=batch.issued_at,
    )


def address_of(code: str) -> str:
    """The public page of a confirmation."""
    return f"{settings.public_url}/certificates/v/{shown_code(code)}"
