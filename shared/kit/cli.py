"""The command `treffpunkt`: the kit's own commands, and those of each installed service."""

from importlib.metadata import entry_points
from typing import Annotated
from uuid import UUID

import typer

from shared.kit import migrations, outbox, secrets
from shared.kit.database import Sessions, make_engine, make_sessions
from shared.kit.settings import SERVICES, Settings

app = typer.Typer(help="Events at which people meet.", no_args_is_help=True)
messages_app = typer.Typer(help="Messages between the services.", no_args_is_help=True)
secrets_app = typer.Typer(help="Key files.", no_args_is_help=True)
migrations_app = typer.Typer(help="For developers: new migrations.", no_args_is_help=True)
app.add_typer(messages_app, name="messages")
app.add_typer(secrets_app, name="secrets")
app.add_typer(migrations_app, name="migrations")


@app.command()
def migrate() -> None:
    """Bring the databases of all services to their newest migration."""
    migrations.upgrade_all(Settings())
    typer.echo("All schemas are at their newest migration.")


@migrations_app.command("write")
def write_migration(service: str, number: str, message: str) -> None:
    """Write SERVICE's migration NUMBER (0002, …) from its changed models."""
    migrations.write(service, Settings().database_url(service), message, number)


@secrets_app.command("make")
def make_secrets() -> None:
    """Make the key files that are missing; none is ever overwritten."""
    folder = Settings().secrets_dir
    made = secrets.make_missing(folder)
    typer.echo(f"{folder}: made {', '.join(made)}" if made else f"{folder}: all there")


@messages_app.command("parked")
def list_parked_messages() -> None:
    """List the messages that their consumers could not take."""
    for service in SERVICES:
        with _sessions(service).begin() as session:
            for message in outbox.list_parked(session):
                typer.echo(
                    f"{message.message_id}  {message.name} → {message.consumer}  {message.error or ''}"
                )


@messages_app.command("resend")
def resend_parked_messages(
    message_ids: Annotated[
        list[UUID] | None, typer.Argument(help="All parked ones where none is named.")
    ] = None,
) -> None:
    """Send parked messages again."""
    for service in SERVICES:
        with _sessions(service).begin() as session:
            count = outbox.resend_parked(session, message_ids or None)
        typer.echo(f"{service}: {count} sent again")


def _sessions(service: str) -> Sessions:
    return make_sessions(make_engine(Settings().database_url(service), pool_size=1))


def main() -> None:
    """Entry point: adds the commands of the services that are installed."""
    for entry in sorted(entry_points(group="treffpunkt.commands"), key=lambda entry: entry.name):
        try:
            commands = entry.load()
        except ModuleNotFoundError:
            # An image holds one service; the others' commands are not for it.
            continue
        app.add_typer(commands)
    app()


if __name__ == "__main__":
    main()
