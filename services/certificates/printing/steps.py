"""A run of badges in steps of a second: who is printed, can it be printed, part after part, and all in one file.

After each step the row says how far it is, so that whoever claims the run next goes on there. A part is a file
with its checksum in the row; one that is lost or torn is noticed, and the run begins again.
"""

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.certificates.badges.document import Badge, BadgeRun, problems_of
from services.certificates.badges.service import add_notices, badges_of, content_of, notices_of
from services.certificates.copies.models import Attendee, Event
from services.certificates.copies.service import list_attendees
from services.certificates.copies.wording import language_of
from services.certificates.documents.joining import join
from services.certificates.layouts.service import pictures_of
from services.certificates.printing.document import draw_sheets
from services.certificates.printing.imposition import Filling, count_sheets
from services.certificates.printing.imposition import badges_of as places_of
from services.certificates.printing.looks import Looks, must_be_the_same, written
from services.certificates.printing.looks import read as read_looks
from services.certificates.printing.models import PrintedBadge
from services.certificates.printing.schemas import BadgeRunIn
from services.certificates.printing.service import looks_of, press_of
from services.certificates.runs.files import read, store
from services.certificates.runs.finishing import finish, forget_parts, part_name
from services.certificates.runs.models import DocumentRun, Note, State, Step
from services.certificates.runs.problems import listed, no_ticket, with_other_looks
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
    if run.people is None or run.looks is None:
        return _look_up(session, run, event)
    if run.checked < len(run.people):
        return _check(session, run, event)
    return _draw_part(session, run, event, now)


# --- who ---


def _look_up(session: Session, run: DocumentRun, event: Event) -> Step:
    """Everybody who is wished for, in the order of the wish, and how their badges look now."""
    wish = BadgeRunIn.model_validate(run.options)
    people = sorted(list_attendees(session, event.event_id, wish.registrations), key=ORDERS[wish.order])
    looks, of_all = looks_of(session, event, wish, language_of(run.locale))
    ids = [str(person.registration_id) for person in people]

    def note(session: Session, run: DocumentRun) -> None:
        # What an attempt before this one has noted.
        session.execute(delete(PrintedBadge).where(PrintedBadge.run_id == run.run_id))
        forget_parts(run)
        run.people, run.total, run.looks = ids, len(ids) + wish.blanks, written(looks)
        run.checked, run.drawn, run.persons = 0, 0, 0
        run.problems = [listed(problem) for problem in of_all]

    return lambda: note


# --- whose badge can be printed ---


def _check(session: Session, run: DocumentRun, event: Event) -> Step:
    wish = BadgeRunIn.model_validate(run.options)
    ids = [UUID(each) for each in _people(run)[run.checked : run.checked + BADGES_IN_A_STEP]]
    people = {person.registration_id: person for person in list_attendees(session, event.event_id, ids)}
    looks, common = _common(session, run, event)
    badges = _badges(session, event, looks, list(people.values()))
    printed = last_printed(session, event.event_id, ids) if wish.changed else {}
    seen = looks.digest(common.language)

    def work() -> Note:
        kept: list[str] = []
        problems: Problems = []
        other_looks = 0
        for registration_id in (each for each in ids if each in people):
            person, badge = people[registration_id], badges.get(registration_id)
            if badge is None:
                problems.append(no_ticket(registration_id, person.name))
                continue
            if found := problems_of(common, badge):
                add_notices(problems, person, found)
                continue
            before = printed.get(registration_id)
            if before and before.says(badge):
                is_other = before.looks_otherwise(seen)
                if not (is_other and wish.changed_looks):
                    other_looks += is_other
                    continue
            add_notices(problems, person, notices_of(common, person, badge))
            kept.append(str(registration_id))
        return partial(
            _note_checked, kept=kept, problems=problems, blanks=wish.blanks, other_looks=other_looks
        )

    return work


def _common(session: Session, run: DocumentRun, event: Event) -> tuple[Looks, BadgeRun]:
    """What all badges of the run have in common, as it was when the run began. Raises PictureChanged.

    Its moment is that of the order, so that a run that is drawn again is the same.
    """
    looks = read_looks(run.looks or {})
    pictures = pictures_of(session, event.organisation_id, looks.layout)
    must_be_the_same(looks, pictures)
    return looks, BadgeRun(looks.event, (), language_of(run.locale), run.requested_at, looks.layout, pictures)


def _badges(session: Session, event: Event, looks: Looks, people: Sequence[Attendee]) -> dict[UUID, Badge]:
    return badges_of(session, event, people, looks.agenda, has_ways="way" in looks.layout.lists)


def _note_checked(
    _: Session,
    run: DocumentRun,
    *,
    kept: list[str],
    problems: Problems,
    blanks: int,
    other_looks: int,
) -> None:
    people = _people(run)
    run.people = people[: run.checked] + kept + people[run.checked + BADGES_IN_A_STEP :]
    run.checked, run.problems = run.checked + len(kept), _merged(run.problems, problems)
    if other_looks:
        run.problems = with_other_looks(run.problems, other_looks)
    run.total = len(run.people) + blanks


def _merged(known: Problems, found: Problems) -> Problems:
    """What is the same for everybody was found by the step before already."""
    return known + [problem for problem in found if problem["registration"] or problem not in known]


@dataclass(frozen=True, slots=True)
class Before:
    """A person's badge as it was last drawn."""

    content: str
    looks: str | None

    def says(self, badge: Badge) -> bool:
        return self.content == content_of(badge)

    def looks_otherwise(self, seen: str) -> bool:
        """What was drawn before looks were noted is taken to look alike."""
        return self.looks is not None and self.looks != seen


def last_printed(session: Session, event_id: UUID, registrations: Collection[UUID]) -> dict[UUID, Before]:
    """The badges of these people when they were last drawn in a run that was finished."""
    printed = (
        select(PrintedBadge.registration_id, PrintedBadge.content, PrintedBadge.looks)
        .join(DocumentRun, DocumentRun.run_id == PrintedBadge.run_id)
        .where(PrintedBadge.event_id == event_id, PrintedBadge.registration_id.in_(registrations))
        .where(DocumentRun.state == State.DONE.value)
        .order_by(PrintedBadge.run_id)
    )
    return {row.registration_id: Before(row.content, row.looks) for row in session.execute(printed)}


# --- drawing ---


def _draw_part(session: Session, run: DocumentRun, event: Event, now: Clock) -> Step:
    """The next sheets, as many as are drawn in a second; with the last ones, all parts become one file."""
    wish = BadgeRunIn.model_validate(run.options)
    looks, common = _common(session, run, event)
    press = press_of(wish, looks.layout, looks.offsets)
    sheets = _next_sheets(run, press.grid.count, wish.filling)
    badges, printed = _printed_on(session, event, run, wish, looks, sheets)
    seen = looks.digest(common.language)
    filled = [[(cell, badges[at]) for cell, at in sheet if at in badges] for sheet in sheets]
    is_last = (len(run.parts) + 1) * _sheets_in_a_step(press.grid.count) >= count_sheets(
        run.total, press.grid.count
    )
    parts = list(run.parts)

    def work() -> Note:
        pdf = draw_sheets(common, press, filled)
        drawn = sum(map(len, filled))
        if not is_last:
            return partial(_note_part, pdf=pdf, drawn=drawn, printed=printed, looks=seen)
        whole = join([*_read_parts(run.run_id, parts), pdf])
        return partial(_note_last, pdf=whole, drawn=drawn, printed=printed, looks=seen, now=now)

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
    looks: Looks,
    sheets: Sequence[Sequence[tuple[int, int]]],
) -> tuple[dict[int, Badge], dict[str, str]]:
    """The badges on these sheets by their places, and registration → what stands on the badge.

    Who has given up the place since is not printed; blank badges come after everybody.
    """
    places = [at for sheet in sheets for _, at in sheet]
    ids = {at: UUID(_people(run)[at]) for at in places if at < run.checked}
    known = _badges(session, event, looks, list_attendees(session, event.event_id, list(ids.values())))
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
    session: Session, run: DocumentRun, *, pdf: bytes, drawn: int, printed: dict[str, str], looks: str
) -> None:
    run.parts = [*run.parts, store(part_name(run.run_id, len(run.parts)), pdf)]
    _count(session, run, drawn, printed, looks)


def _note_last(
    session: Session,
    run: DocumentRun,
    *,
    pdf: bytes,
    drawn: int,
    printed: dict[str, str],
    looks: str,
    now: Clock,
) -> None:
    _count(session, run, drawn, printed, looks)
    finish(run, pdf, persons=run.persons, problems=run.problems, at=now())
    forget_parts(run)


def _count(session: Session, run: DocumentRun, drawn: int, printed: dict[str, str], looks: str) -> None:
    run.drawn, run.persons = run.drawn + drawn, run.persons + len(printed)
    rows = [
        {
            "run_id": run.run_id,
            "event_id": run.event_id,
            "registration_id": UUID(each),
            "content": content,
            "looks": looks,
        }
        for each, content in printed.items()
    ]
    if rows:
        session.execute(insert(PrintedBadge), rows)


def _people(run: DocumentRun) -> list[str]:
    return run.people or []
