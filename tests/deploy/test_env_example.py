"""`.env.example` says of each setting what the code says: all of them, no other, with the same default."""

import re
from pathlib import Path
from typing import Any

import pytest

from services.registration.runtime import RegistrationSettings
from shared.kit.settings import Settings

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / ".env.example").read_text(encoding="utf-8")
CONTAINERS, PROCESSES = PAGE.split("# --- Processes ---")
SETTING = re.compile(r"^#([A-Z_]+)=(.*)$")


def written(part: str) -> dict[str, str]:
    return dict(found.groups() for line in part.splitlines() if (found := SETTING.match(line)))


def as_text(default: Any) -> str:
    return "" if default is None else str(default)


def in_the_code() -> dict[str, str]:
    fields = {**Settings.model_fields, **RegistrationSettings.model_fields}
    return {name.upper(): as_text(field.default) for name, field in fields.items()}


def in_the_compose_file() -> dict[str, str]:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    return dict(re.findall(r"\$\{(\w+):-([^}]*)\}", text))


def test_each_setting_of_the_processes_stands_there_with_its_default() -> None:
    assert written(PROCESSES) == in_the_code()


def test_each_variable_of_the_compose_file_stands_there_with_its_default() -> None:
    assert written(CONTAINERS) == in_the_compose_file()


def test_each_setting_has_a_sentence_of_its_own() -> None:
    lines = PAGE.splitlines()
    for number, line in enumerate(lines):
        if SETTING.match(line):
            assert re.fullmatch(r"# .+\.", lines[number - 1]), line


def test_the_compose_file_uses_no_variable_without_a_default() -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    assert not re.findall(r"(?<!\$)\$\{\w+[^:\w][^}]*\}|(?<!\$)\$\{\w+\}|(?<!\$)\$\w+", text)


@pytest.mark.parametrize("name", sorted(in_the_code()))
def test_a_setting_reaches_the_containers(name: str) -> None:
    """By a variable, by a file, or because the image or the compose file fixes it."""
    fixed = {"ASSETS_DIR", "DOCUMENTS_DIR", "HEARTBEAT_DIR", "SECRETS_DIR"}
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    images = (ROOT / "deploy" / "images" / "treffpunkt.Dockerfile").read_text(encoding="utf-8")
    passed_on = f"{name}: ${{{name}:-" in text or f"{name}_FILE: /run/secrets/{name.lower()}" in text
    assert passed_on or (name in fixed and name in text + images)
