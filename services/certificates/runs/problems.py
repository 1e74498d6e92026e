"""What could not be printed, as it is stored and shown to organisers."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from services.certificates.documents.problems import Problem, Reason
from shared.kit.i18n import N_

NOT_MAILABLE = "not_mailable"
NO_TICKET = "no_ticket"
NOT_MADE = "not_made"
OTHER_LOOKS = "other_looks"

# Of what has no room on a badge: as much as shows what it is.
LONGEST_SHOWN = 300

SENTENCES = {
    Reason.MISSING_GLYPH.value: N_("No font has these characters."),
    Reason.FORBIDDEN_CHARACTER.value: N_(
        "This text contains characters that are invisible or turn the direction of reading."
    ),
    Reason.LEFT_OUT.value: N_("These picture letters were left out."),
    Reason.TOO_LONG.value: N_("This text does not fit, even in the smallest size."),
    Reason.SHORTENED.value: N_("There is not enough room for all of this, so it is shortened:"),
    NOT_MAILABLE: N_("This address cannot be written to."),
    NO_TICKET: N_("This person's ticket is not issued yet."),
    OTHER_LOOKS: N_(
        "Layout, programme or facts of the event have changed since these badges were last drawn. "
        "They are not drawn again. How many these are:"
    ),
    NOT_MADE: N_("It could not be made; this is tried again by itself."),
}

FIELDS = {
    "name": N_("Name"),
    "first_name": N_("First name"),
    "last_name": N_("Last name"),
    "ticket": N_("Ticket"),
    "organisation": N_("Organisation"),
    "category": N_("Category"),
    "email": N_("E-mail"),
    "event.title": N_("Title of the event"),
    "event.organiser": N_("Organiser"),
    "event.venue": N_("Venue"),
    "event.city": N_("City"),
    "session": N_("Title of a session"),
    "layout": N_("Layout"),
    "agenda": N_("Agenda on the badge"),
    "way": N_("Networking way on the badge"),
}


def listed(problem: Problem, *, registration_id: UUID | None = None, name: str = "") -> dict[str, Any]:
    """A problem as JSON: whom it concerns, which text, and what is wrong with it."""
    return {
        "registration": str(registration_id) if registration_id else None,
        "name": name,
        "field": problem.field,
        "what": problem.reason.value,
        "characters": _shown_characters(problem),
    }


def no_ticket(registration_id: UUID, name: str) -> dict[str, Any]:
    """The problem of somebody who has a place and no ticket yet."""
    return _of_ticket(NO_TICKET, registration_id, name)


def not_made(registration_id: UUID, name: str) -> dict[str, Any]:
    """The problem of somebody whose ticket could not be made or renewed."""
    return _of_ticket(NOT_MADE, registration_id, name)


def _of_ticket(what: str, registration_id: UUID, name: str) -> dict[str, Any]:
    return {
        "registration": str(registration_id),
        "name": name,
        "field": "ticket",
        "what": what,
        "characters": "",
    }


def with_other_looks(problems: Sequence[Mapping[str, Any]], badges: int) -> list[dict[str, Any]]:
    """The list, saying of so many badges more that they look otherwise than when they were last drawn."""
    known = sum(int(each["characters"]) for each in problems if each["what"] == OTHER_LOOKS)
    told = {"registration": None, "name": "", "field": "layout", "what": OTHER_LOOKS}
    others = [dict(each) for each in problems if each["what"] != OTHER_LOOKS]
    return [*others, {**told, "characters": str(known + badges)}]


def not_mailable(address: str) -> dict[str, Any]:
    """The problem of an address that no mail can carry."""
    return {"registration": None, "name": address, "field": "email", "what": NOT_MAILABLE, "characters": ""}


def _shown_characters(problem: Problem) -> str:
    if problem.reason is Reason.SHORTENED:
        return problem.text[:LONGEST_SHOWN]
    return f"{''.join(problem.characters)} ({problem.code_points})" if problem.characters else ""
