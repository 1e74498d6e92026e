from pathlib import Path
from uuid import UUID

import pytest
from typer.testing import CliRunner, Result

from services.certificates import cli
from shared.kit import secrets, signing_keys
from shared.kit.signing_keys import KeyState, Use
from tests.support.seals import PASSPHRASE, a_pkcs12

ORGANISATION = UUID(int=4)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The secrets of an installation, for the commands."""
    secrets.make_missing(tmp_path)
    monkeypatch.setattr(cli, "settings", cli.settings.model_copy(update={"secrets_dir": tmp_path}))
    return tmp_path


def keys(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, ["keys", *arguments])


def test_rotating_lists_the_new_keys_and_the_old_ones(folder: Path) -> None:
    done = keys("rotate")
    assert done.exit_code == 0
    assert [line.split()[2] for line in done.output.splitlines()] == [
        "active",
        "active",
        "retired",
        "retired",
    ]
    assert keys("list").output == done.output


def test_a_key_is_revoked_whose_name_begins_as_an_option_does(folder: Path) -> None:
    ring = signing_keys.read(folder)
    renamed = ring.keys[0].model_copy(update={"kid": "-rPK4-x"})
    signing_keys.write(folder, ring.model_copy(update={"keys": (renamed, *ring.keys[1:])}))
    assert "-rPK4-x" in keys("revoke", "-rPK4-x", "a laptop was stolen").output
    assert [key.kid for key in signing_keys.read(folder).keys if key.state is KeyState.REVOKED] == ["-rPK4-x"]


def test_a_revoked_key_is_listed_with_its_reason(folder: Path) -> None:
    kid = signing_keys.read(folder).keys[0].kid
    assert "revoked" in keys("revoke", kid, "a laptop was stolen").output
    [lost] = [key for key in signing_keys.read(folder).keys if key.state is KeyState.REVOKED]
    assert (lost.kid, lost.reason) == (kid, "a laptop was stolen")


def test_an_organisations_seal_is_kept(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "seal.p12").write_bytes(a_pkcs12("Handwerkskammer Chemnitz")[0])
    done = keys("seal", str(ORGANISATION), str(tmp_path / "seal.p12"), "--passphrase", PASSPHRASE)
    assert done.exit_code == 0
    seal = signing_keys.read(folder).active(Use.DOCUMENT, ORGANISATION)
    assert seal is not None
    assert seal.organisation_id == ORGANISATION


def test_what_cannot_be_done_is_said_and_changes_nothing(folder: Path, tmp_path: Path) -> None:
    before = signing_keys.read(folder)
    (tmp_path / "seal.p12").write_bytes(b"no seal")
    refused = keys("seal", str(ORGANISATION), str(tmp_path / "seal.p12"), "--passphrase", PASSPHRASE)
    assert "no PKCS#12" in refused.output
    assert "There is no key nobody." in keys("revoke", "nobody", "lost").output
    assert signing_keys.read(folder) == before


def test_where_no_keys_are_it_is_said_how_to_make_them(folder: Path) -> None:
    (folder / signing_keys.FILE_NAME).unlink()
    for done in (keys("list"), keys("rotate")):
        assert done.exit_code == 2
        assert "There are no keys yet" in done.output


def test_where_keys_are_only_used_none_is_made(folder: Path) -> None:
    signing_keys.write(folder, signing_keys.read(folder).without_authority())
    assert keys("rotate").exit_code == 2
