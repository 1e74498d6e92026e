"""Registration's commands of `treffpunkt`, for people without a running server."""

import secrets
import sys
from typing import Annotated

import typer

from services.registration.accounts import service as accounts
from services.registration.runtime import Sessions
from services.registration.signup.names import Refused
from shared.errors import ProblemError
from shared.kit.access import Role

app = typer.Typer()
organiser_app = typer.Typer(help="People who run events.", no_args_is_help=True)
app.add_typer(organiser_app, name="organiser")


@organiser_app.command("add")
def add_organiser(
    email: str,
    organisation: Annotated[str, typer.Option(help="The organisation's name; a new one is made.")],
    role: Annotated[Role, typer.Option(help="What the account may do.")] = Role.owner,
    password_stdin: Annotated[bool, typer.Option(help="Read the password from standard input.")] = False,
) -> None:
    """Make an account for EMAIL. Without --password-stdin a password is made up and printed once."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else secrets.token_urlsafe(16)
    try:
        with Sessions.begin() as session:
            added = accounts.add_organiser(
                session, email, organisation=organisation, password=password, role=role
            )
    except (Refused, ProblemError) as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(1) from problem
    typer.echo(f"{added.account.email}: {role.value} of {organisation}")
    if not added.is_new:
        typer.echo("The account was there already and keeps its password.")
    elif not password_stdin:
        typer.echo(f"Password (shown only now): {password}")
