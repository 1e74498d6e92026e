import os
import shutil
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from deploy.local import setup

Usage = namedtuple("Usage", ["total", "used", "free"])


def test_an_old_python_is_refused_with_the_way_to_name_a_newer_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    with pytest.raises(setup.Missing, match=r"Python 3\.9 is too old: .* 3\.11 .*make PYTHON="):
        setup.refuse_old_python()


def test_the_python_that_runs_these_tests_is_new_enough() -> None:
    setup.refuse_old_python()


def test_a_python_without_ensurepip_names_the_package_that_brings_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(setup, "PYTHON", tmp_path / "nothing")
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(setup.Missing, match=r"apt-get install python3\.\d+-venv"):
        setup.make_venv()


def test_a_full_disk_is_found_before_anything_is_installed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(setup, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10, 9, 1024**3))
    with pytest.raises(setup.Missing, match=r"1\.0 GiB free .* needs about 3 GiB"):
        setup.refuse_full_disk()


def test_a_broken_environment_is_not_taken_for_a_working_one(tmp_path: Path) -> None:
    broken = tmp_path / "python"
    broken.symlink_to("/nowhere/python3.11")
    assert (setup.works(broken), setup.works(Path(sys.executable))) == (False, True)


def test_a_step_that_fails_says_what_it_was_and_what_to_look_at(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(setup.Missing, match=r"Could not install the thing: .* network .* HTTPS_PROXY"):
        setup.run(["false"], "the thing")


def test_somebody_who_is_not_root_is_told_which_packages_are_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(shutil, "which", lambda command: None if command == "pdftotext" else command)
    setup.install_machine()
    assert "apt-get install --yes --no-install-recommends poppler-utils\n" in capsys.readouterr().err


def test_a_home_that_cannot_be_written_moves_the_caches_into_the_project(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOME", "/nonexistent")
    assert set(setup.caches()) == {"UV_CACHE_DIR", "PIP_CACHE_DIR", "npm_config_cache"}


def test_a_home_that_can_be_written_keeps_its_own_caches(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert setup.caches() == {}


def test_an_authority_of_ones_own_is_named_once_for_all_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "PIP_CERT"):
        monkeypatch.delenv(name, raising=False)
    assert setup.authorities() == {}
    monkeypatch.setenv("SSL_CERT_FILE", "ours.pem")
    assert setup.authorities() == {"NODE_EXTRA_CA_CERTS": "ours.pem", "PIP_CERT": "ours.pem"}
    monkeypatch.setenv("PIP_CERT", "pips.pem")
    assert setup.authorities() == {"NODE_EXTRA_CA_CERTS": "ours.pem"}


@pytest.mark.parametrize("lock", ["agenda", "certificates", "dev", "registration", "uv"])
def test_a_lock_names_no_registry_and_no_path_of_a_machine(lock: str) -> None:
    text = (setup.ROOT / "requirements" / f"{lock}.txt").read_text()
    assert not [word for word in ("://", "file:", "--index-url", "--find-links") if word in text]
    assert "--hash=sha256:" in text


def test_npms_lock_names_no_registry() -> None:
    assert '"resolved"' not in (setup.ROOT / "package-lock.json").read_text()
