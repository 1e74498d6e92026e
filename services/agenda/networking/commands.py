"""`treffpunkt networking`: plans for speed networking, cafés, mixers and tours from files, without a server."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import track

from services.agenda.networking.solving.first_plans import NoPlanExists
from services.agenda.networking.solving.instances import InvalidInstance, Plan, parse
from services.agenda.networking.solving.solve import Solution, solve

app = typer.Typer(help="Plans for meeting people.", no_args_is_help=True)
SCHEMA = "evn-networking/1"


@app.callback()
def networking_group() -> None:
    """Plans for meeting people."""


@app.command("solve")
def solve_file(
    source: Annotated[Path, typer.Option("--in", help="Instances, a file of the schema evn-networking/1.")],
    target: Annotated[Path, typer.Option("--out", help="Where the assignments are written.")],
    seconds: Annotated[float, typer.Option(help="The time for each instance.")] = 2.0,
    seed: Annotated[int, typer.Option(help="Another number gives another search.")] = 0,
) -> None:
    """Write a plan for each instance: rounds × people, the number of a table or -1 for no seat."""
    plans: dict[str, Plan] = {}
    console = Console(stderr=True)
    failed = False
    for document in track(_instances(source), "Solving", console=console, transient=True):
        try:
            solution = solve(parse(document), seconds=seconds, seed=seed)
        except (InvalidInstance, NoPlanExists) as problem:
            failed = True
            typer.echo(f"{document.get('id', '?')}: {problem}", err=True)
            continue
        plans[str(document["id"])] = solution.plan
        typer.echo(f"{document['id']}: {summary(solution)}")
    target.write_text(json.dumps(plans, separators=(",", ":")), encoding="utf-8")
    if failed:
        raise typer.Exit(1)


def summary(solution: Solution) -> str:
    """Cost, bound and time in a line, and why it cannot be better where that is proven."""
    line = f"cost {solution.cost}, at least {solution.bound}, {solution.seconds:.2f} s"
    if not solution.optimal:
        return line
    reasons = [bound.why for bound in solution.bounds.values() if bound.value]
    return f"{line}, optimal" + (f": {'; '.join(reasons)}" if reasons else "")


def _instances(source: Path) -> list[dict[str, Any]]:
    try:
        document = json.loads(source.read_text(encoding="utf-8"))
        found = [dict(instance) for instance in document.get("instances", [document])]
    except (OSError, TypeError, ValueError, AttributeError) as problem:
        typer.echo(f"{source.name} cannot be read as {SCHEMA}: {problem}", err=True)
        raise typer.Exit(2) from problem
    return found
