"""A run of badges in steps of a second: who is printed, can it be printed, part after part, and all in one file.

After each step the row says how far it is, so that whoever claims the run next goes on there. A part is a file
with its checksum in the row; one that is lost or torn is noticed, and the run begins again.
"""

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.certificates.badges.document import Badge, BadgeRun, problems_of
from services.certificates.badges.service import badges_of, content_of, left_out
from services.certificates.copies.models import Attendee, Event
from services.certificates.copies.service import list_attendees
from services.certificates.copies.wording import language_of, printable_facts
from services.certificates.documents.joining import join
from services.certificates.layouts.service import pictures_of
from services.certificates.printing.document import draw_sheets
from services.certificates.printing.imposition import Filling, count_sheets
from services.certificates.printing.imposition import badges_of as places_of
from services.certificates.printing.models import PrintedBadge
from services.certificates.printing.schemas import BadgeRunIn
from services.certificates.printing.service import layout_of, press_of
from services.certificates.runs.files import read, store
from services.certificates.runs.finishing import finish, forget_parts, part_name
from services.certificates.runs.models import DocumentRun, Note, State, Step
from services.certificates.runs.problems import listed, no_ticket
from shared.errors import Conflict
from shared.kit.clock import Clock
from shared.kit.sorting import name_key

# As many badges as are checked or drawn in well below a second.
BADGES_IN_A_STEP = 250

Problems = list[dict[str, Any]]
ORDERS: dict[str, Callable[[Attendee], tuple[str, ...]]] = {
    "name": lambda person: (person.sort_key,),
    "organisation": lambda person: (name_key(person.organisation, ""), person.sort_key),
    "category": lambda person: (name_key(person.category, ""), person.sort_key),
}


class PartLost(Conflict):
    """A part of this paper is not as it was written."""


def next_step(session: Session, run: DocumentRun, event: Event, *, now: Clock) -> Step:
    """What is to be done next, with all that it needs from the database."""
    if run.people is None:
        return _look_up(session, run, event)
    if run.checked < len(run.people):
        return _check(session, run, event)
    return _draw_part(session, run, event, now)


# --- who ---


def _look_up(session: Session, run: DocumentRun, event: Event) -> Step:
    """Everybody who is wished for, in the order of the wish."""
    wish = BadgeRunIn.model_validate(run.options)
    people = sorted(list_attendees(session, event.event_id, wish.registrations), key=ORDERS[wish.order])
    _, of_event = printable_facts(event, language_of(run.locale))
    ids = [str(person.registration_id) for person in people]

    def note(session: Session, run: DocumentRun) -> None:
        # What an attempt before this one has noted.
        session.execute(delete(PrintedBadge).where(PrintedBadge.run_id == run.run_id))
        run.people, run.total = ids, len(ids) + wish.blanks
        run.problems = [listed(problem) for problem in of_event]

    return lambda: note


# --- whose badge can be printed ---


def _check(session: Session, run: DocumentRun, event: Event) -> Step:
    wish = BadgeRunIn.model_validate(run.options)
    ids = [UUID(each) for each in _people(run)[run.checked : run.checked + BADGES_IN_A_STEP]]
    people = {person.registration_id: person for person in list_attendees(session, event.event_id, ids)}
    badges = badges_of(session, event, list(people.values()))
    printed = last_printed(session, event.event_id, ids) if wish.changed else {}
    common = _common(session, run, event)

    def work() -> Note:
        kept: list[str] = []
        problems: Problems = []
        for registration_id in (each for each in ids if each in people):
            found = _problems(common, people[registration_id], badges.get(registration_id))
            problems += found or _notices(people[registration_id])
            if not found and content_of(badges[registration_id]) != printed.get(registration_id):
                kept.append(str(registration_id))
        return partial(_note_checked, kept=kept, problems=problems, blanks=wish.blanks)

    return work


def _common(session: Session, run: DocumentRun, event: Event) -> BadgeRun:
    """What all badges of the run have in common.

    Its moment is that of the order, so that a run that is drawn again is the same.
    """
    language = language_of(run.locale)
    facts, _ = printable_facts(event, language)
    layout = layout_of(session, event, BadgeRunIn.model_validate(run.options).layout)
    pictures = pictures_of(session, event.organisation_id, layout)
    return BadgeRun(facts, (), language, run.requested_at, layout, pictures)


def _problems(common: BadgeRun, person: Attendee, badge: Badge | None) -> Problems:
    if badge is None:
        return [no_ticket(person.registration_id, person.name)]
    found = problems_of(common, badge)
    return [listed(each, registration_id=person.registration_id, name=person.name) for each in found]


def _notices(person: Attendee) -> Problems:
    """What is left out of a badge that is printed."""
    return [
        listed(each, registration_id=person.registration_id, name=person.name) for each in left_out(person)
    ]


def _note_checked(_: Session, run: DocumentRun, *, kept: list[str], problems: Problems, blanks: int) -> None:
    people = _people(run)
    run.people = people[: run.checked] + kept + people[run.checked + BADGES_IN_A_STEP :]
    run.checked, run.problems = run.checked + len(kept), run.problems + problems
    run.total = len(run.people) + blanks


def last_printed(session: Session, event_id: UUID, registrations: Collection[UUID]) -> dict[UUID, str]:
    """What stood on the badges of these people when they were last drawn in a run that was finished."""
    printed = (
        select(PrintedBadge.registration_id, PrintedBadge.content)
        .join(DocumentRun, DocumentRun.run_id == PrintedBadge.run_id)
        .where(PrintedBadge.event_id == event_id, PrintedBadge.registration_id.in_(registrations))
        .where(DocumentRun.state == State.DONE.value)
        .order_by(PrintedBadge.run_id)
    )
    return {row.registration_id: row.content for row in session.execute(printed)}


# --- drawing ---


def _draw_part(session: Session, run: DocumentRun, event: Event, now: Clock) -> Step:
    """The next sheets, as many as are drawn in a second; with the last ones, all parts become one file."""
    wish, common = BadgeRunIn.model_validate(run.options), _common(session, run, event)
    press = press_of(session, event, wish, common.layout)
    sheets = _next_sheets(run, press.grid.count, wish.filling)
    badges, printed = _printed_on(session, event, run, wish, sheets)
    filled = [[(cell, badges[at]) for cell, at in sheet if at in badges] for sheet in sheets]
    is_last = (len(run.parts) + 1) * _sheets_in_a_step(press.grid.count) >= count_sheets(
        run.total, press.grid.count
    )
    parts = list(run.parts)

    def work() -> Note:
        pdf = draw_sheets(common, press, filled)
        drawn = sum(map(len, filled))
        if not is_last:
            return partial(_note_part, pdf=pdf, drawn=drawn, printed=printed)
        whole = join([*_read_parts(run.run_id, parts), pdf])
        return partial(_note_last, pdf=whole, drawn=drawn, printed=printed, now=now)

    return work


def _sheets_in_a_step(cells: int) -> int:
    return max(1, BADGES_IN_A_STEP // cells)


def _next_sheets(run: DocumentRun, cells: int, filling: Filling) -> list[list[tuple[int, int]]]:
    """For each of the next sheets the cells that are used, with the places of the badges in the whole run."""
    per_step = _sheets_in_a_step(cells)
    begin = len(run.parts) * per_step
    end = min(begin + per_step, count_sheets(run.total, cells))
    return [list(places_of(sheet, run.total, cells, filling)) for sheet in range(begin, end)]


def _printed_on(
    session: Session,
    event: Event,
    run: DocumentRun,
    wish: BadgeRunIn,
    sheets: Sequence[Sequence[tuple[int, int]]],
) -> tuple[dict[int, Badge], dict[str, str]]:
    """The badges on these sheets by their places, and registration → what stands on the badge.

    Who has given up the place since is not printed; blank badges come after everybody.
    """
    places = [at for sheet in sheets for _, at in sheet]
    ids = {at: UUID(_people(run)[at]) for at in places if at < run.checked}
    known = badges_of(session, event, list_attendees(session, event.event_id, list(ids.values())))
    badges = {at: known[registration] for at, registration in ids.items() if registration in known}
    contents = {str(ids[at]): content_of(badge) for at, badge in badges.items()}
    blank = Badge("", "", "", wish.blank_category, "", "")
    return badges | {at: replace(blank) for at in places if at >= run.checked}, contents


def _read_parts(run_id: UUID, checksums: Sequence[str]) -> list[bytes]:
    parts = [read(part_name(run_id, number)) for number in range(len(checksums))]
    if [hashlib.sha256(part).hexdigest() for part in parts] != list(checksums):
        raise PartLost
    return parts


def _note_part(
    session: Session, run: DocumentRun, *, pdf: bytes, drawn: int, printed: dict[str, str]
) -> None:
    run.parts = [*run.parts, store(part_name(run.run_id, len(run.parts)), pdf)]
    _count(session, run, drawn, printed)


def _note_last(
    session: Session, run: DocumentRun, *, pdf: bytes, drawn: int, printed: dict[str, str], now: Clock
) -> None:
    _count(session, run, drawn, printed)
    finish(run, pdf, persons=run.persons, problems=run.problems, at=now())
    forget_parts(run)


def _count(session: Session, run: DocumentRun, drawn: int, printed: dict[str, str]) -> None:
    run.drawn, run.persons = run.drawn + drawn, run.persons + len(printed)
    rows = [
        {"run_id": run.run_id, "event_id": run.event_id, "registration_id": UUID(each), "content": content}
        for each, content in printed.items()
    ]
    if rows:
        session.execute(insert(PrintedBadge), rows)


def _people(run: DocumentRun) -> list[str]:
    return run.people or []
