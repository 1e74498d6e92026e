"""The model event for `make run`: set up and filled, waiting for its day."""

import secrets

from deploy.local.play import data
from deploy.local.play.attendees import Attendees
from deploy.local.play.demo import PUBLIC_CATEGORY
from deploy.local.play.organiser import EMAIL, Organiser
from deploy.local.stack import Stack


def load(stack: Stack) -> str:
    """Load the event into an empty stack, once; returns the addresses and the organiser's login."""
    note = stack.var / "login.txt"
    if not note.exists():
        password = secrets.token_urlsafe(12)
        _fill(stack, Organiser(stack, password))
        note.touch(mode=0o600)
        note.write_text(_describe(stack, password), encoding="utf-8")
    return note.read_text(encoding="utf-8")


def _fill(stack: Stack, organiser: Organiser) -> None:
    organiser.set_up_event()
    attendees = Attendees(stack, organiser.slug)
    for person in data.participants():
        if person.category == PUBLIC_CATEGORY:
            attendees.sign_up(person)
        else:
            organiser.register(person)


def _describe(stack: Stack, password: str) -> str:
    slug = data.programme()["event"]["slug"]
    return (
        f"  Sign up     {stack.urls.public}/e/{slug}\n"
        f"  Programme   {stack.urls.public}/agenda/e/{slug}\n"
        f"  Organise    {stack.urls.public}/registration/\n"
        f"  Login       {EMAIL}  {password}\n"
    )
