"""Checking with the published keys alone: by our command, and by the recipes for whoever has nothing of ours."""

import io
import json
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from pypdf import PdfWriter
from typer.testing import CliRunner

from services.certificates.cli import app
from services.certificates.confirmations import document
from services.certificates.confirmations.kinds import Kind
from services.certificates.signing import published
from services.certificates.signing.credentials import CredentialFacts, Status, credential, secured
from services.certificates.signing.pades import sign
from shared.kit import signing_keys
from shared.kit.signing_keys import KeyRing, Use
from tests.support.paper_facts import DRAWN_AT, a_confirmation
from tests.support.seals import a_ring, a_seal

ADDRESS = "https://events.example.org"
README = Path(__file__).parents[4] / "services" / "certificates" / "verification" / "README.md"
RECIPES = re.findall(r"```python\n(.+?)```", README.read_text(encoding="utf-8"), re.S)
RING = a_ring()
SEAL = a_seal(RING)
PAPER = sign(document.draw(a_confirmation(room=SEAL.room)), SEAL)


def a_credential(ring: KeyRing = RING) -> str:
    key = ring.active(Use.CREDENTIAL)
    assert key is not None
    facts = CredentialFacts(
        confirmation_id=UUID(int=1),
        event_id=UUID(int=2),
        kind=Kind.ATTENDANCE,
        issuer=f"{ADDRESS}/certificates/issuers/{UUID(int=3)}",
        organiser="Mittelstand-Digital Zentrum Chemnitz",
        title="Vernetzungstreffen",
        number="KIH-2022-0048",
        address=f"{ADDRESS}/certificates/v/7KQM-P2XD-9RTV",
        holder="Jürgen Großkreutz-Müller",
        starts_at=DRAWN_AT - timedelta(days=1),
        ends_at=DRAWN_AT - timedelta(hours=17),
        attended_minutes=333,
        programme_minutes=345,
        teaching_units=7,
        issued_at=DRAWN_AT,
        language="de",
        status=Status(f"{ADDRESS}/certificates/status/{UUID(int=3)}/0", 5),
    )
    return secured(credential(facts), str(key.private), f"{ADDRESS}/certificates/keys/{key.kid}")


def continued(pdf: bytes) -> bytes:
    """With something added behind it, as PDF allows."""
    writer, output = PdfWriter(io.BytesIO(pdf), incremental=True), io.BytesIO()
    writer.add_metadata({"/Subject": "added"})
    writer.write(output)
    assert output.getvalue().startswith(pdf)
    return output.getvalue()


def keys_of(ring: KeyRing, folder: Path) -> str:
    path = folder / "keys.json"
    path.write_text(json.dumps(published.key_set(ring)))
    return str(path)


def verify(file: bytes, folder: Path, ring: KeyRing = RING) -> tuple[int, str]:
    """Exit code and what was said."""
    (folder / "any.file").write_bytes(file)
    done = CliRunner().invoke(app, ["verify", str(folder / "any.file"), "--keys", keys_of(ring, folder)])
    return done.exit_code, done.output


def test_our_command_believes_a_paper_and_says_who_signed_it(tmp_path: Path) -> None:
    code, said = verify(PAPER, tmp_path)
    assert code == 0
    assert said.startswith("Signed by Treffpunkt events.example.org, on 2022-11-25")


def test_our_command_believes_a_credential_and_says_for_whom_it_is(tmp_path: Path) -> None:
    code, said = verify(a_credential().encode(), tmp_path)
    assert code == 0
    assert "confirms KIH-2022-0048 for Jürgen Großkreutz-Müller" in said


def test_what_a_retired_key_signed_is_believed(tmp_path: Path) -> None:
    later = signing_keys.rotated(RING, ADDRESS, DRAWN_AT)
    assert verify(PAPER, tmp_path, later)[0] == 0
    assert verify(a_credential().encode(), tmp_path, later)[0] == 0


def test_what_a_revoked_key_signed_is_not(tmp_path: Path) -> None:
    ring = RING
    for key in RING.keys:
        ring = signing_keys.revoked(ring, key.kid, "stolen", ADDRESS, DRAWN_AT)
    for file in (PAPER, a_credential().encode()):
        assert verify(file, tmp_path, ring) == (1, "any.file: Its key has been revoked: stolen\n")


HEAD, CLAIMS, SIGNATURE = a_credential().split(".")


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (PAPER.replace(b"/Title", b"/title", 1), "What was signed has been changed."),
        (continued(PAPER), "Something was added after it had been signed."),
        (document.draw(a_confirmation()), "No signature in the file is by one of these keys."),
        (b"%PDF-1.4 and nothing more", "The file cannot be read."),
        (b"a letter", "This is no credential, or it has been changed."),
        (f"{HEAD}.{CLAIMS}A.{SIGNATURE}".encode(), "This is no credential, or it has been changed."),
        (a_credential(a_ring()).encode(), "It is signed by none of these keys."),
    ],
)
def test_our_command_says_what_is_wrong(tmp_path: Path, file: bytes, reason: str) -> None:
    assert verify(file, tmp_path) == (1, f"any.file: {reason}\n")


@pytest.mark.parametrize(
    ("recipe", "said"),
    [
        (RECIPES[0], "INTACT:TRUSTED,UNTOUCHED"),
        (RECIPES[1], "Teilnahmebestätigung: Vernetzungstreffen Jürgen Großkreutz-Müller"),
    ],
)
def test_a_recipe_for_whoever_has_nothing_of_ours_works(tmp_path: Path, recipe: str, said: str) -> None:
    keys_of(RING, tmp_path)
    (tmp_path / "authority.pem").write_text(RING.authority)
    (tmp_path / "confirmation.pdf").write_bytes(PAPER)
    (tmp_path / "confirmation.jwt").write_text(a_credential())
    run = [sys.executable, "-X", "utf8", "-c", recipe]
    done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == said
