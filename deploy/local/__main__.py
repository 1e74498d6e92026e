"""`python -m deploy.local`: what `make run` and developers start from the command line."""

import importlib
import signal
import time
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import typer

from deploy.local import memory
from deploy.local.files import ROOT
from deploy.local.ports import Ports, PortTaken
from deploy.local.postgres import PostgresFailed
from deploy.local.stack import Stack, StackFailed
from deploy.local.supervision import ProgramFailed
from deploy.local.throwaway import throwaway_postgres
from shared.kit import migrations

app = typer.Typer(help="The whole product on this machine.", no_args_is_help=True)
Var = Annotated[Path, typer.Option(help="Folder that holds everything the stack keeps.")]


@app.command()
def run(
    var: Var = ROOT / "var",
    *,
    servers_only: Annotated[
        bool, typer.Option(help="PostgreSQL, Redis, Caddy and the mail sink, without the services.")
    ] = False,
) -> None:
    """Start the stack with the model event loaded, and keep it until Ctrl-C."""
    # Said for both: a shell starts its background jobs with SIGINT ignored.
    for wish in (signal.SIGINT, signal.SIGTERM):
        signal.signal(wish, interrupt)
    stack = Stack(var, ports=Ports.from_environment(), with_services=not servers_only)
    try:
        typer.echo("Starting; the first start takes some seconds more …")
        with stack:
            say_where(stack)
            if not servers_only:
                load_model_event(stack)
            typer.echo("\nCtrl-C ends it; the data stay.")
            wait_forever()
    except KeyboardInterrupt:
        typer.echo("\nEnded.")
    except (PortTaken, PostgresFailed, ProgramFailed, StackFailed) as failure:
        typer.secho(str(failure), fg="red", err=True)
        raise typer.Exit(1) from None


def interrupt(number: int, frame: FrameType | None) -> NoReturn:
    """A service manager ends us with SIGTERM; it is the same wish as Ctrl-C."""
    raise KeyboardInterrupt


def say_where(stack: Stack) -> None:
    lines = {
        "Everything": stack.urls.public,
        "Mails": f"{stack.mailbox} (nothing leaves this machine)",
        "Logs": stack.var / "log",
        "PostgreSQL": f"127.0.0.1:{stack.ports.postgres}, passwords in {stack.postgres.place / 'passwords.json'}",
    }
    for name, value in lines.items():
        typer.echo(f"  {name:<11} {value}")


def load_model_event(stack: Stack) -> None:
    """Load the networking meeting of `model-event/`, and print what its loader says (the login, for one)."""
    loader = importlib.import_module("deploy.local.model_event")
    typer.echo(loader.load(stack))


def wait_forever() -> NoReturn:
    while True:
        time.sleep(3600)


@app.command("memory")
def show_memory(var: Var = ROOT / "var") -> None:
    """Print what the running stack takes (PSS), program by program."""
    shares = memory.shares(var.resolve())
    for share in shares:
        typer.echo(f"{share.mebibytes:8.1f} MiB  {share.name}")
    typer.echo(f"{sum(share.mebibytes for share in shares):8.1f} MiB  together")


@app.command("write-migration")
def write_migration(service: str, number: str, what: str) -> None:
    """Write SERVICE's migration NUMBER (0002 …) from its changed models, against a throwaway PostgreSQL."""
    with throwaway_postgres() as server:
        url = server.url(service)
        migrations.upgrade(service, url)
        migrations.write(service, url, what, number)


if __name__ == "__main__":
    app()
