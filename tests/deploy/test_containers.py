"""What docker-compose.yml promises of every container; `make containers` shows that they also run."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.containers import handing_out, roles, system
from deploy.containers.needs import PACKAGES
from deploy.local.bootstrap import SERVICES
from deploy.local.programs import web, worker
from shared.kit import signing_keys

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
CONTAINERS: dict[str, dict[str, Any]] = COMPOSE["services"]
# Debian's packages that images hold when they run.
RUNNING = {"ca-certificates", "python3", "postgresql-17", "valkey-server"}
EACH = pytest.mark.parametrize("name", sorted(CONTAINERS))


@EACH
def test_an_intruder_finds_nothing_to_use(name: str) -> None:
    container = CONTAINERS[name]
    assert container["read_only"] is True
    assert container["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in container["security_opt"]
    assert not {"cap_add", "privileged", "user", "pid", "devices"} & container.keys()


@EACH
def test_a_container_has_an_end_to_what_it_takes(name: str) -> None:
    limits = CONTAINERS[name]["deploy"]["resources"]["limits"]
    assert {"cpus", "memory", "pids"} == limits.keys()
    assert CONTAINERS[name]["logging"]["options"]["max-size"]


@EACH
def test_a_container_comes_back_unless_it_runs_once(name: str) -> None:
    is_once = CONTAINERS[name]["restart"] == "no"
    assert is_once == (name in system.ONCE)
    assert is_once or (CONTAINERS[name]["restart"], "healthcheck" in CONTAINERS[name]) == (
        "unless-stopped",
        True,
    )


def test_only_caddy_is_published_and_only_to_this_machine_by_default() -> None:
    published = {name: each["ports"] for name, each in CONTAINERS.items() if "ports" in each}
    assert published.keys() == {"caddy"}
    assert all(port.startswith("${PUBLISH_ON:-127.0.0.1}:") for port in published["caddy"])


def test_the_data_are_in_a_network_without_a_way_out() -> None:
    assert COMPOSE["networks"]["data"] == {"internal": True}
    assert CONTAINERS["postgres"]["networks"] == CONTAINERS["redis"]["networks"] == ["data"]


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_runs_in_containers_as_it_does_on_one_machine(service: str) -> None:
    here, there = web(service, 8000, 2), CONTAINERS[f"{service}-web"]
    assert options(there["command"]) == options(here.command[1:]) | {
        "--host": "0.0.0.0",  # noqa: S104 - the container's own network
        "--workers": "${WEB_PROCESSES:-2}",
        "--forwarded-allow-ips": "*",
    }
    assert seconds(there["stop_grace_period"]) >= here.stop_seconds


@pytest.mark.parametrize("service", SERVICES)
def test_a_worker_gets_the_time_that_its_soft_shutdown_takes(service: str) -> None:
    here, there = worker(service, 2), CONTAINERS[f"{service}-worker"]
    assert seconds(there["stop_grace_period"]) >= here.stop_seconds
    assert here.environment.items() <= there["environment"].items()
    assert flags(there["command"]) >= flags(here.command)


def options(command: list[str]) -> dict[str, str]:
    """`--name value` and `--name=value` as one dictionary."""
    words = shlex.split(" ".join(command).replace("=", " "))
    values = [*words[1:], "--"]
    return {
        word: "" if value.startswith("--") else value
        for word, value in zip(words, values, strict=True)
        if word.startswith("--")
    }


def flags(command: list[str]) -> set[str]:
    return {word for word in command if word.startswith("--without")}


def seconds(text: str) -> int:
    return int(text.removesuffix("s"))


def what_runs() -> dict[str, list[str]]:
    """Of each image that compose builds its stages, the last one first: each begins with `image AS name`."""
    builds = [each["build"] for each in CONTAINERS.values() if "build" in each]
    return {
        f"{build['dockerfile']} {build.get('target', '')}": stages_of(
            (ROOT / build["dockerfile"]).read_text(encoding="utf-8"), build.get("target")
        )
        for build in builds
    }


def stages_of(text: str, target: str | None) -> list[str]:
    stages = text.split("\nFROM ")[1:]
    named = {name(stage): stage for stage in stages}
    chain = [named[target] if target else stages[-1]]
    while (base := chain[-1].split()[0]) in named:
        chain.append(named[base])
    return chain


def name(stage: str) -> str:
    return stage.splitlines()[0].partition(" AS ")[2]


@pytest.mark.parametrize("stages", what_runs().values(), ids=what_runs().keys())
def test_no_image_runs_as_root(stages: list[str]) -> None:
    users = [line for stage in reversed(stages) for line in stage.splitlines() if line.startswith("USER ")]
    assert users[-1] == "USER 10001:10001"


@pytest.mark.parametrize("stages", what_runs().values(), ids=what_runs().keys())
def test_no_image_keeps_what_builds(stages: list[str]) -> None:
    """Nothing is installed but Debian's packages that run, and nothing is copied but what a stage has built."""
    text = "\n".join(stages)
    installed = re.findall(r"--no-install-recommends ([^&\\]+)", text)
    assert {package for some in installed for package in some.split()} <= RUNNING
    copied = set(re.findall(r"COPY --from=\S+ (\S+)", text))
    assert copied <= {"/build/node_modules", "/opt/treffpunkt", "/tools/bin/caddy"}
    assert stages[-1].startswith("${DEBIAN}")
    assert not {"tools", "assets"} & {name(stage) for stage in stages}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    for name in ("all", *handing_out.HANDED_OUT):
        (tmp_path / name).mkdir()
    return tmp_path


def test_each_container_finds_only_its_own_secrets(place: Path) -> None:
    handing_out.make(place)
    handing_out.hand_out(place)
    for container, names in handing_out.HANDED_OUT.items():
        assert {path.name for path in (place / container).iterdir()} == set(names)
        assert all(path.stat().st_mode & 0o777 == 0o600 for path in (place / container).iterdir())


def test_secrets_are_made_once(place: Path) -> None:
    handing_out.make(place)
    handing_out.hand_out(place)
    before = contents(place)
    assert handing_out.make(place) == []
    handing_out.hand_out(place)
    assert contents(place) == before


def test_a_mail_servers_password_is_kept_and_handed_to_those_who_send(place: Path) -> None:
    handing_out.make(place)
    handing_out.keep("smtp_password", "geheim", place)
    handing_out.hand_out(place)
    having = {path.parent.name for path in place.rglob("smtp_password") if path.read_text() == "geheim"}
    assert having == {"all", "registration", "certificates"}


def test_a_secret_that_nobody_should_have_any_more_is_taken_back(place: Path) -> None:
    (place / "beat" / "link_secret").write_text("old")
    handing_out.make(place)
    handing_out.hand_out(place)
    assert not (place / "beat" / "link_secret").exists()


def test_nobody_can_keep_a_secret_that_is_made_here(place: Path) -> None:
    with pytest.raises(SystemExit, match="smtp_password"):
        handing_out.keep("link_secret", "mine", place)


def test_keys_are_replaced_where_they_are_made_and_handed_out_without_their_authority(place: Path) -> None:
    handing_out.make(place)
    before = signing_keys.read(place / "all")
    handing_out.change_keys(["rotate"], place)
    handing_out.hand_out(place)
    after, handed = signing_keys.read(place / "all"), signing_keys.read(place / "certificates")
    assert {key.kid for key in before.keys} < {key.kid for key in after.keys}
    assert (handed.keys, handed.authority_key) == (after.keys, None)


def test_an_unknown_word_or_key_changes_nothing(place: Path) -> None:
    handing_out.make(place)
    before = signing_keys.read(place / "all")
    with pytest.raises(SystemExit, match="rotat"):
        handing_out.change_keys(["rotat"], place)
    with pytest.raises(SystemExit, match="Nothing was changed: nobody"):
        handing_out.change_keys(["revoke", "nobody", "lost"], place)
    assert signing_keys.read(place / "all") == before


@EACH
def test_what_the_compose_file_names_as_a_secret_is_handed_out(name: str) -> None:
    mounted = [
        volume for volume in CONTAINERS[name].get("volumes", []) if volume.endswith(":/run/secrets:ro")
    ]
    named = [
        value for value in CONTAINERS[name].get("environment", {}).values() if "/run/secrets/" in str(value)
    ]
    wanted = {Path(value).name for value in named}
    handed = {each for volume in mounted for each in handing_out.HANDED_OUT[volume.split(":")[0][8:]]}
    assert wanted <= handed


def test_the_volumes_of_secrets_are_those_that_are_handed_out() -> None:
    mounted = {volume.split(":")[1] for volume in CONTAINERS["secrets"]["volumes"]}
    assert mounted == {f"/secrets/{name}" for name in ("all", *handing_out.HANDED_OUT)}


def test_roles_reads_its_passwords_where_they_are_handed_out() -> None:
    assert str(roles.SECRETS) == CONTAINERS["roles"]["volumes"][0].split(":")[1]


def test_the_readme_names_what_the_trial_needs() -> None:
    text = (ROOT / "deploy" / "README.md").read_text(encoding="utf-8")
    assert f"apt-get install --no-install-recommends {' '.join(PACKAGES)}" in text


def contents(place: Path) -> dict[str, str]:
    return {str(path): path.read_text() for path in place.rglob("*") if path.is_file()}
