"""Certificates' commands of `treffpunkt`, for people without a running server."""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import track
from sqlalchemy.orm import Session

from services.certificates.attendance.from_files import UnreadableFile, read_files
from services.certificates.attendance.rule import Verdict
from services.certificates.badges import without_server
from services.certificates.confirmations.without_server import attendance_from, draw_all, write_list
from services.certificates.copies.models import Event
from services.certificates.copies.service import EventNotFound, look_up_event
from services.certificates.copies.wording import language_of
from services.certificates.printing.document import BadgeDoesNotFit
from services.certificates.printing.sheets import SHEETS
from services.certificates.runs.models import Kind
from services.certificates.runs.service import PAPERS
from services.certificates.runtime import Sessions, settings
from services.certificates.verification import offline
from shared.kit import signing_keys
from shared.kit.clock import utc_now
from shared.kit.signing_keys import KeyRing, SealError, UnknownKey

app = typer.Typer()
keys_app = typer.Typer(help="Keys that prove papers.", no_args_is_help=True)
app.add_typer(keys_app, name="keys")
confirmations_app = typer.Typer(help="Confirmations.", no_args_is_help=True)
app.add_typer(confirmations_app, name="confirmations")
badges_app = typer.Typer(help="Badges.", no_args_is_help=True)
app.add_typer(badges_app, name="badges")
papers_app = typer.Typer(help="Papers of an event.", no_args_is_help=True)
app.add_typer(papers_app, name="papers")


@confirmations_app.command("draw")
def draw_confirmations(
    participants: Annotated[Path, typer.Option(exists=True, dir_okay=False)],
    door_log: Annotated[Path, typer.Option(exists=True, dir_okay=False)],
    event: Annotated[Path, typer.Option(exists=True, dir_okay=False)],
    out: Annotated[Path, typer.Option(file_okay=False)],
    number_prefix: str = "",
) -> None:
    """Draw the confirmations of those who were there into the folder OUT, without a server.

    PARTICIPANTS and DOOR-LOG are tables (CSV), EVENT is the programme as JSON, all with the names of the model
    event. The papers carry no electronic signature and no code: nobody could look them up. Ends with 1 if
    something could not be printed or read.
    """
    try:
        files = read_files(event, participants, door_log)
    except UnreadableFile as problem:
        raise typer.BadParameter(str(problem)) from problem
    attendance = attendance_from(files)
    out.mkdir(parents=True, exist_ok=True)
    due = sum(person.verdict is Verdict.DUE for person in attendance.people)
    papers = draw_all(files, attendance, out, prefix=number_prefix, issued_at=utc_now())
    screen = Console(stderr=True)
    drawn = list(track(papers, "Confirmations", total=due, console=screen))
    write_list(out, drawn)
    printed = sum(each.row is not None for each in drawn)
    typer.echo(f"{printed} of {len(attendance.people)} people have a confirmation in {out}.")
    if troubles := [f"{each.name}: {each.problem}" for each in drawn if each.problem]:
        _complain("Not printed:", troubles)
    if files.skipped:
        _complain("Left out:", [f"{each.where}: {each.why}" for each in files.skipped])
    raise typer.Exit(1 if troubles or files.skipped else 0)


def _complain(heading: str, lines: Sequence[str]) -> None:
    typer.echo("\n  ".join([heading, *lines]), err=True)


@badges_app.command("draw")
def draw_badges(
    participants: Annotated[Path, typer.Option(exists=True, dir_okay=False)],
    out: Annotated[Path, typer.Option(dir_okay=False)],
    event: Annotated[Path | None, typer.Option(exists=True, dir_okay=False)] = None,
    layout: str | None = None,
    sheet: str | None = None,
    one_side: bool = False,
) -> None:
    """Draw the badges of PARTICIPANTS into the file OUT, without a server.

    PARTICIPANTS is a table (CSV) and EVENT the programme as JSON, with the names of the model event; what is missing
    is left empty. LAYOUT is one of the gallery, or a file of your own; SHEET is a named sheet such as 4xA6.
    Layouts with a back are drawn for a printer that prints both sides, or with --one-side without their backs.

    Codes are issued by a server with its key: without the columns ticket_code and short_code badges carry none, no
    door can scan them, and attendance is then noted by name. Ends with 1 if something could not be printed.
    """
    if sheet is not None and sheet not in SHEETS:
        raise typer.BadParameter(f"There is no sheet {sheet!r}: {', '.join(SHEETS)}")
    try:
        run, agenda, of_event = without_server.empty_run(
            event, without_server.read_layout(layout, one_side=one_side), drawn_at=utc_now()
        )
        rows = without_server.rows_from(participants, agenda)
    except (UnreadableFile, without_server.NoLayout) as problem:
        raise typer.BadParameter(str(problem)) from problem
    looked_at = without_server.checked(run, rows)
    rows = list(track(looked_at, "Badges", total=len(rows), console=Console(stderr=True)))
    badges = [row.badge for row in rows if not row.problem]
    if badges:
        try:
            out.write_bytes(without_server.draw_badges(run, badges, sheet))
        except BadgeDoesNotFit as problem:
            raise typer.BadParameter(str(problem)) from problem
    typer.echo(
        f"{len(badges)} of {len(rows)} badges are in {out}." if badges else "There is nobody to print."
    )
    if without_code := sum(not badge.ticket_code for badge in badges):
        typer.echo(without_server.WITHOUT_CODES.format(n=without_code), err=True)
    is_whole = _tell_what_is_missing(
        notices=without_server.shortened_in(run, badges),
        troubles=[f"{each.field}: {each.sentence}" for each in of_event],
        rows=rows,
    )
    raise typer.Exit(0 if is_whole and badges else 1)


def _tell_what_is_missing(
    *, notices: Sequence[str], troubles: Sequence[str], rows: Sequence[without_server.Row]
) -> bool:
    """Lists it, first what is the event's; whether nothing is."""
    notices = [*notices, *(f"{row.where}, {row.badge.name}: {row.notice}" for row in rows if row.notice)]
    troubles = [
        *troubles,
        *(f"{row.where}, {row.badge.name or '?'}: {row.problem}" for row in rows if row.problem),
    ]
    if notices:
        _complain("Printed, but not all of it:", notices)
    if troubles:
        _complain("Not printed:", troubles)
    return not (notices or troubles)


@papers_app.command("draw")
def draw(kind: Kind, slug: str) -> None:
    """Write the badges, the sign-in sheet or the evidence list of the event SLUG to the standard output."""
    with Sessions() as session:
        event = _event(session, slug)
        paper = PAPERS[kind](session, event, language_of(event.default_locale))
    for problem in paper.problems:
        typer.echo(f"{problem['name']}: {problem['field']} {problem['what']}", err=True)
    sys.stdout.buffer.write(paper.draw())


@keys_app.command("list")
def list_keys() -> None:
    """List the keys, the newest first, and since when each is what it is."""
    try:
        keys = signing_keys.read(settings.secrets_dir).keys
    except OSError as problem:
        raise typer.BadParameter(str(problem)) from problem
    for key in keys:
        whose = f"  seal of {key.organisation_id}" if key.organisation_id else ""
        since = key.ended_at or key.made_at
        typer.echo(f"{key.kid}  {key.use}  {key.state} since {since:%Y-%m-%d}{whose}  {key.reason or ''}")


@keys_app.command("rotate")
def rotate_keys() -> None:
    """Sign with new keys from now on; what the old ones have signed stays valid."""
    _change_keys(lambda ring: signing_keys.rotated(ring, settings.public_url, utc_now()))


# One key in 64 has a name that begins with a hyphen, as an option does.
@keys_app.command("revoke", context_settings={"ignore_unknown_options": True})
def revoke_key(kid: str, reason: str) -> None:
    """Take the trust from the key KID, for REASON, and sign with a new one."""
    _change_keys(lambda ring: signing_keys.revoked(ring, kid, reason, settings.public_url, utc_now()))


@keys_app.command("seal")
def keep_seal(
    organisation: UUID,
    file: Path,
    passphrase: Annotated[str, typer.Option(prompt=True, hide_input=True, envvar="SEAL_PASSPHRASE")],
) -> None:
    """Sign this ORGANISATION's papers with its own seal, from a PKCS#12 FILE."""
    seal = file.read_bytes()
    _change_keys(lambda ring: signing_keys.with_seal(ring, organisation, seal, passphrase, utc_now()))


def _change_keys(step: Callable[[KeyRing], KeyRing]) -> None:
    try:
        signing_keys.change(settings.secrets_dir, step)
    except (OSError, SealError) as problem:
        raise typer.BadParameter(str(problem)) from problem
    except UnknownKey as problem:
        raise typer.BadParameter(f"There is no key {problem}.") from problem
    list_keys()


@app.command("verify")
def verify(
    file: Path, keys: Annotated[Path, typer.Option(help="What /certificates/keys of the issuer answers.")]
) -> None:
    """Say whether FILE, a confirmation or its credential, is signed by one of the published KEYS; asks nobody."""
    try:
        typer.echo(offline.check(file.read_bytes(), json.loads(keys.read_text(encoding="utf-8"))))
    except offline.NotProven as problem:
        typer.echo(f"{file.name}: {problem}", err=True)
        raise typer.Exit(1) from problem


def _event(session: Session, slug: str) -> Event:
    try:
        if event := look_up_event(session, slug):
            return event
    except EventNotFound:
        pass
    raise typer.BadParameter(EventNotFound.sentence())
