"""The command `treffpunkt`: the kit's own commands, and those of each installed service."""

from importlib.metadata import entry_points
from typing import Annotated
from uuid import UUID

import typer

from shared.kit import mail, migrations, outbox, secrets
from shared.kit.database import Sessions, make_engine, make_sessions
from shared.kit.settings import SERVICES, Settings

# The services that send mails to people.
MAILING = ("registration", "certificates")

app = typer.Typer(help="Events at which people meet.", no_args_is_help=True)
messages_app = typer.Typer(help="Messages between the services.", no_args_is_help=True)
mails_app = typer.Typer(help="Mails that did not leave.", no_args_is_help=True)
secrets_app = typer.Typer(help="Key files.", no_args_is_help=True)
migrations_app = typer.Typer(help="For developers: new migrations.", no_args_is_help=True)
app.add_typer(messages_app, name="messages")
app.add_typer(mails_app, name="mails")
app.add_typer(secrets_app, name="secrets")
app.add_typer(migrations_app, name="migrations")


@app.command()
def migrate() -> None:
    """Bring the databases of the services that are installed to their newest migration."""
    migrations.upgrade_all(Settings())
    typer.echo("All schemas are at their newest migration.")


@migrations_app.command("write")
def write_migration(service: str, number: str, message: str) -> None:
    """Write SERVICE's migration NUMBER (0002, …) from its changed models."""
    migrations.write(service, Settings().database_url(service), message, number)


@secrets_app.command("make")
def make_secrets() -> None:
    """Make the key files that are missing; none is ever overwritten."""
    settings = Settings()
    folder = settings.secrets_dir
    made = secrets.make_missing(folder, public_url=settings.public_url)
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


@mails_app.command("held-up")
def list_held_up_streams() -> None:
    """Say which mail servers keep our mails from leaving, and why."""
    for service in MAILING:
        with _sessions(service).begin() as session:
            for stream in mail.held_up_streams(session):
                state = "stopped" if stream.stopped_at else "paused"
                typer.echo(
                    f"{service}: {stream.name} {state} since {stream.since:%Y-%m-%d %H:%M}: {stream.reason}"
                )


@mails_app.command("resume")
def resume_streams() -> None:
    """Let mails flow again that a mail server's refusal of the sender has stopped."""
    for service in MAILING:
        with _sessions(service).begin() as session:
            typer.echo(f"{service}: {mail.resume_stream(session)} resumed")


@mails_app.command("unsent")
def list_unsent_mails() -> None:
    """List the mails that failed, or of which nobody knows whether they arrived."""
    for service in MAILING:
        with _sessions(service).begin() as session:
            for each in mail.list_unsent(session):
                typer.echo(f"{each.id}  {each.state}  {each.kind}  {each.last_reply or ''}")


@mails_app.command("again")
def send_mail_again(mail_id: UUID) -> None:
    """Send a failed or unknown mail once more, with the same Message-ID."""
    for service in MAILING:
        with _sessions(service).begin() as session:
            found = session.get(mail.Mail, mail_id)
            if found is not None:
                mail.send_again(session, found.event_id, mail_id)
                typer.echo(f"{service}: queued again")
                return
    typer.echo("There is no such mail.", err=True)
    raise typer.Exit(1)


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
