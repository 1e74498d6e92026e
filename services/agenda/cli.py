"""The agenda's commands of `treffpunkt`, for people without a running server."""

import sys
from enum import StrEnum
from typing import Annotated

import typer

from services.agenda.events import service as events
from services.agenda.programme import exports
from services.agenda.programme import service as programme
from services.agenda.runtime import Sessions, settings

app = typer.Typer()
programme_app = typer.Typer(help="Released programmes.", no_args_is_help=True)
app.add_typer(programme_app, name="programme")


class Suffix(StrEnum):
    ics = "ics"
    xml = "xml"
    json = "json"


@programme_app.command("export")
def export(slug: str, suffix: Annotated[Suffix, typer.Argument(metavar="ics|xml|json")]) -> None:
    """Write the released programme of the public event SLUG to the standard output."""
    with Sessions() as session:
        event = events.find_public(session, slug)
        content = exports.export(
            programme.find_latest(session, event), suffix, event.state, public_url=settings.public_url
        )
    sys.stdout.buffer.write(content.bytes)
