"""The public instances, judged by a checker that is not ours."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from services.agenda.networking.commands import app

# Within the time that is given to each instance here; the command's own default is two seconds.
SECONDS = "1"
# It has no structure, so that its cost depends on the time that the machine gives; `make bench` looks at it.
WITHOUT_STRUCTURE = "P06-cafe-60-t6-r4-org-prefs"


def test_every_public_instance_gets_a_plan_that_the_checker_accepts(
    team_file: Callable[[str], Path], tmp_path: Path
) -> None:
    instances, checker = team_file("networking/public.json"), team_file("networking/check.py")
    target = tmp_path / "assignments.json"
    done = CliRunner().invoke(
        app, ["solve", "--in", str(instances), "--out", str(target), "--seconds", SECONDS]
    )
    assert done.exit_code == 0, done.output
    judged: list[dict[str, Any]] = json.loads(
        subprocess.run(
            [sys.executable, checker, instances, target, "--json"], capture_output=True, text=True, check=True
        ).stdout
    )
    assert [one["id"] for one in judged if not one["ok"]] == []
    worse = {one["id"] for one in judged if one["cost"] > one["best_known"]}
    assert worse <= {WITHOUT_STRUCTURE}


def test_a_file_that_is_no_json_is_named(tmp_path: Path) -> None:
    source = tmp_path / "broken.json"
    source.write_text("{", encoding="utf-8")
    done = CliRunner().invoke(app, ["solve", "--in", str(source), "--out", str(tmp_path / "out.json")])
    assert done.exit_code == 2
    assert "broken.json" in done.output
