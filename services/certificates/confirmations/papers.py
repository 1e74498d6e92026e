"""From what was attended to the bytes of a paper: the one place where a confirmation is made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from services.certificates.attendance.models import Rules
from services.certificates.attendance.service import EventAttendance, Participation, rules_of
from services.certificates.confirmations import document
from services.certificates.confirmations.kinds import Kind, Paper
from services.certificates.confirmations.numbers import shown_code
from services.certificates.copies.models import Attendee, Event
from services.certificates.copies.service import released_sessions
from services.certificates.copies.wording import language_of, printable_facts, printable_texts
from services.certificates.runs.problems import listed
from services.certificates.runtime import settings
from services.certificates.signing.keys import seal_of
from services.certificates.signing.pades import sign

MINUTE = timedelta(minutes=1)


class Unprintable(Exception):
    """A confirmation that cannot be printed or mailed as it should be: somebody has to look at it."""

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(problem["what"])
        self.problem = problem


@dataclass(frozen=True)
class ReleasedSession:
    """A session as papers show it, with its key and who speaks."""

    key: str
    speakers: frozenset[str]
    facts: document.SessionFacts


@dataclass(frozen=True)
class Batch:
    """What the confirmations of one batch share."""

    event: Event
    attendance: EventAttendance
    rules: Rules
    sessions: Sequence[ReleasedSession]
    issued_at: datetime

    @property
    def year(self) -> int:
        """The year of the running numbers: in which the organiser issues them."""
        return self.issued_at.astimezone(ZoneInfo(self.event.timezone)).year


@dataclass(frozen=True)
class Wanted:
    """One paper of one person that is to be made; `replaces` is the number of the version before it."""

    person: Participation
    paper: Paper
    replaces: str = ""


def gather(session: Session, event: Event, attendance: EventAttendance, issued_at: datetime) -> Batch:
    """What the papers of these people share."""
    return Batch(
        event=event,
        attendance=attendance,
        rules=rules_of(session, event),
        sessions=sessions_from(released_sessions(session, event)),
        issued_at=issued_at,
    )


def sessions_from(released: Sequence[Mapping[str, Any]]) -> Sequence[ReleasedSession]:
    """The sessions of a released programme, as papers show them."""
    return [_released(each) for each in released]


def _released(each: Mapping[str, Any]) -> ReleasedSession:
    starts_at, ends_at = (datetime.fromisoformat(each[name]) for name in ("starts_at", "ends_at"))
    texts, _ = printable_texts({"title": each["title"], "speakers": ", ".join(each["speakers"])})
    facts = document.SessionFacts(
        title=texts["title"],
        starts_at=starts_at,
        minutes=(ends_at - starts_at) // MINUTE,
        speakers=texts["speakers"],
        is_break=each["kind"] == "break",
    )
    return ReleasedSession(each["key"], frozenset(map(_plain, each["speakers"])), facts)


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def minutes_of(person: Participation, paper: Paper) -> int:
    """The whole minutes that a paper confirms."""
    if paper.kind is Kind.SPEAKER:
        return 0
    if paper.kind is Kind.SESSION:
        return person.credit.get(paper.session, timedelta()) // MINUTE
    return person.attendance.minutes


def programme_minutes_of(batch: Batch, paper: Paper) -> int:
    """The whole minutes that there were to attend."""
    if paper.kind is Kind.SPEAKER:
        return 0
    if paper.kind is Kind.SESSION:
        return batch.attendance.programme.lengths.get(paper.session, timedelta()) // MINUTE
    return batch.attendance.programme.seconds // 60


def sessions_of(batch: Batch, attendee: Attendee, paper: Paper) -> Sequence[ReleasedSession]:
    """The part of the programme that a paper lists: a speaker's is where the programme names them or whom they come from."""
    if paper.kind is Kind.SESSION:
        return [each for each in batch.sessions if each.key == paper.session]
    if paper.kind is Kind.SPEAKER:
        named = {_plain(attendee.name), _plain(attendee.organisation)} - {""}
        return [each for each in batch.sessions if each.speakers & named]
    return batch.sessions


def make_paper(batch: Batch, wanted: Wanted, number: str, code: str) -> bytes:
    """The signed bytes that are stored and mailed. Raises Unprintable."""
    seal = seal_of(batch.event.organisation_id)
    confirmation = replace(_drawing(batch, wanted, number, address_of(code)), room=seal.room)
    return sign(_drawn(confirmation), seal)


def draw_unsigned(batch: Batch, wanted: Wanted, number: str) -> bytes:
    """A paper that no page proves, to be signed by hand. Raises Unprintable."""
    return _drawn(_drawing(batch, wanted, number, address=""))


def _drawn(confirmation: document.Confirmation) -> bytes:
    if problems := document.problems_of(confirmation):
        raise Unprintable(listed(problems[0]))
    return document.draw(confirmation)


def _drawing(batch: Batch, wanted: Wanted, number: str, address: str) -> document.Confirmation:
    attendee, paper = wanted.person.attendee, wanted.paper
    language = language_of(attendee.locale)
    facts, _ = printable_facts(batch.event, language)
    return document.Confirmation(
        event=facts,
        name=attendee.name,
        organisation=attendee.organisation,
        sessions=[each.facts for each in sessions_of(batch, attendee, paper)],
        attended_minutes=minutes_of(wanted.person, paper),
        programme_minutes=programme_minutes_of(batch, paper),
        number=number,
        address=address,
        language=language,
        issued_at=batch.issued_at,
        kind=paper.kind,
        replaces=wanted.replaces,
    )


def address_of(code: str) -> str:
    """The public page of a confirmation."""
    return f"{settings.public_url}/certificates/v/{shown_code(code)}"
