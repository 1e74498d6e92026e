"""The agenda's commands of `treffpunkt`, for people without a running server."""

import sys

import typer

from services.agenda.events import service as events
from services.agenda.networking.commands import app as networking_app
from services.agenda.programme import releases
from services.agenda.programme.exports import Suffix
from services.agenda.programme.exports import export as draw
from services.agenda.runtime import Sessions, settings
from shared.contracts.agenda import EventState
from shared.errors import ProblemError

app = typer.Typer()
programme_app = typer.Typer(help="Released programmes.", no_args_is_help=True)
app.add_typer(networking_app, name="networking")
app.add_typer(programme_app, name="programme")


@programme_app.command("export")
def export(slug: str, suffix: Suffix) -> None:
    """Write the released programme of the public event SLUG to the standard output."""
    try:
        with Sessions() as session:
            event = events.find_public(session, slug)
            released = releases.find_latest(session, event)
    except ProblemError as problem:
        typer.echo(f"{slug}: {problem}", err=True)
        raise typer.Exit(1) from problem
    is_cancelled = event.state is EventState.cancelled
    file = draw(released, suffix, public_url=settings.public_url, is_cancelled=is_cancelled)
    sys.stdout.buffer.write(file.content)


@programme_app.callback()
def programme_group() -> None:
    """Released programmes."""
