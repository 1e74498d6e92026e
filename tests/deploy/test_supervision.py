from configparser import RawConfigParser
from pathlib import Path

from deploy.local.programs import DATA, Program
from deploy.local.supervision import render


def rendered(*programs: Program) -> RawConfigParser:
    parser = RawConfigParser()
    parser.read_string(render(programs, Path("/var"), Path("/var/run/s.sock"), as_root=False))
    return parser


def test_a_percent_sign_in_a_command_is_not_expanded_by_supervisor() -> None:
    assert rendered(Program("beat", ["echo", "50%"]))["program:beat"]["command"] == "echo 50%%"


def test_an_environment_value_keeps_its_quotes() -> None:
    caddy = Program("caddy", ["caddy"], environment={"CADDY_LOG": 'file "a b"'})
    assert rendered(caddy)["program:caddy"]["command"] == "/usr/bin/env 'CADDY_LOG=file \"a b\"' caddy"


def test_the_data_stop_last() -> None:
    parser = rendered(Program("postgres", ["postgres"], group=DATA), Program("web", ["web"]))
    assert parser["group:data"].getint("priority") < parser["group:front"].getint("priority")


def test_whatever_dies_is_started_again() -> None:
    assert rendered(Program("relay", ["relay"]))["program:relay"]["autorestart"] == "true"
