"""Certificates' commands of `treffpunkt`, for people without a running server."""

import sys

import typer
from sqlalchemy.orm import Session

from services.certificates.copies.models import Event
from services.certificates.copies.service import EventNotFound, look_up_event
from services.certificates.copies.wording import language_of
from services.certificates.runs.models import Kind
from services.certificates.runs.service import PAPERS
from services.certificates.runtime import Sessions

app = typer.Typer()
papers_app = typer.Typer(help="Papers of an event.", no_args_is_help=True)
app.add_typer(papers_app, name="papers")


@papers_app.command("draw")
def draw(kind: Kind, slug: str) -> None:
    """Write the badges, the sign-in sheet or the evidence list of the event SLUG to the standard output."""
    with Sessions() as session:
        event = _event(session, slug)
        paper = PAPERS[kind](session, event, language_of(event.default_locale))
    for problem in paper.problems:
        typer.echo(f"{problem['name']}: {problem['field']} {problem['what']}", err=True)
    sys.stdout.buffer.write(paper.draw())


def _event(session: Session, slug: str) -> Event:
    try:
        if event := look_up_event(session, slug):
            return event
    except EventNotFound:
        pass
    raise typer.BadParameter(EventNotFound.sentence())
