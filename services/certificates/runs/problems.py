"""What could not be printed, as it is stored and shown to organisers."""

from typing import Any
from uuid import UUID

from services.certificates.documents.problems import Problem, Reason
from shared.kit.i18n import N_

NOT_MAILABLE = "not_mailable"

SENTENCES = {
    Reason.MISSING_GLYPH.value: N_("No font has these characters."),
    Reason.FORBIDDEN_CHARACTER.value: N_(
        "This text contains characters that are invisible or turn the direction of reading."
    ),
    Reason.TOO_LONG.value: N_("This text does not fit, even in the smallest size."),
    NOT_MAILABLE: N_("This address cannot be written to."),
}

FIELDS = {
    "name": N_("Name"),
    "organisation": N_("Organisation"),
    "category": N_("Category"),
    "email": N_("E-mail"),
    "event.title": N_("Title of the event"),
    "event.organiser": N_("Organiser"),
    "event.place": N_("Venue"),
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


def not_mailable(address: str) -> dict[str, Any]:
    """The problem of an address that no mail can carry."""
    return {"registration": None, "name": address, "field": "email", "what": NOT_MAILABLE, "characters": ""}


def _shown_characters(problem: Problem) -> str:
    return f"{''.join(problem.characters)} ({problem.code_points})" if problem.characters else ""
