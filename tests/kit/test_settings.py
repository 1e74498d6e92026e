from pathlib import Path

import pytest
from pydantic import ValidationError

from shared.kit.settings import Settings


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SMTP_PASSWORD", "SMTP_PORT"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)


def test_a_secret_is_read_from_the_file_that_its_variable_names(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "password").write_text("tränen & salz\n", encoding="utf-8")
    monkeypatch.setenv("SMTP_PASSWORD_FILE", str(tmp_path / "password"))
    assert Settings().smtp_password == "tränen & salz"


def test_a_number_in_a_file_is_checked_as_one_in_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "port").write_text("many", encoding="utf-8")
    monkeypatch.setenv("SMTP_PORT_FILE", str(tmp_path / "port"))
    with pytest.raises(ValidationError, match="smtp_port"):
        Settings()


def test_the_environment_goes_before_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "port").write_text("587", encoding="utf-8")
    monkeypatch.setenv("SMTP_PORT_FILE", str(tmp_path / "port"))
    monkeypatch.setenv("SMTP_PORT", "2525")
    assert Settings().smtp_port == 2525


def test_a_file_that_is_missing_is_named_and_not_passed_over(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SMTP_PASSWORD_FILE", str(tmp_path / "gone"))
    with pytest.raises(FileNotFoundError, match="gone"):
        Settings()


def test_an_empty_variable_or_file_leaves_the_default(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "empty").touch()
    monkeypatch.setenv("SMTP_PORT", "")
    monkeypatch.setenv("SMTP_PASSWORD_FILE", str(tmp_path / "empty"))
    assert (Settings().smtp_port, Settings().smtp_password) == (8125, "")
