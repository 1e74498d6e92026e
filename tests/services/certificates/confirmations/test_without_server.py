"""`treffpunkt confirmations draw`: three files in, papers out, and a list of what could not be printed."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from services.certificates.cli import app
from tests.services.certificates.model_event import FOLDER, ModelEvent
from tests.support.papers import texts

PROGRAMME: dict[str, Any] = {
    "event": {
        "title": "Ein Tag",
        "starts_at": "2022-11-24T09:00:00",
        "ends_at": "2022-11-24T12:00:00",
        "organiser": "Verein",
    },
    "sessions": [{"key": "a", "title": "Vortrag", "starts_at": "2022-11-24T09:00:00", "minutes": 180}],
}
ALL_DAY = "scanned_at;ref;direction\n2022-11-24T08:55:00;A1;in\n2022-11-24T12:05:00;A1;out\n"


def draw(out: Path, participants: Path, door_log: Path, programme: Path) -> Result:
    files = ["--participants", participants, "--door-log", door_log, "--event", programme, "--out", out]
    return CliRunner().invoke(app, ["confirmations", "draw", *map(str, files)])


def draw_small(folder: Path, participants: str, *, door_log: str = ALL_DAY, programme: str = "") -> Result:
    files = {
        "participants.csv": participants,
        "door-log.csv": door_log,
        "programme.json": programme or json.dumps(PROGRAMME),
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return draw(folder / "out", *(folder / name for name in files))


def listed(folder: Path) -> list[dict[str, str]]:
    with (folder / "confirmations.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_48_of_the_model_event_are_drawn_with_their_minutes(
    tmp_path: Path, model_event: ModelEvent
) -> None:
    result = draw(
        tmp_path, *(FOLDER / name for name in ("participants.csv", "door-log.csv", "programme.json"))
    )
    assert (result.exit_code, len(list(tmp_path.glob("*.pdf")))) == (0, 48)
    expected = model_event.expected["participants"].items()
    assert {row["ref"]: int(row["attended_minutes"]) for row in listed(tmp_path)} == {
        ref: int(person["attended_minutes"]) for ref, person in expected if person["confirmation_due"]
    }
    row = next(row for row in listed(tmp_path) if row["ref"] == "P11")
    words = " ".join(texts((tmp_path / row["file"]).read_bytes()))
    assert "Lotti Geisel" in words
    assert "Vernetzungstreffen des KI-Hubs" in words
    assert "Echtheit" not in words


def test_columns_that_are_missing_are_empty_and_semicolons_are_understood(tmp_path: Path) -> None:
    result = draw_small(tmp_path, "ref;last_name\nA1;Abt\n")
    assert result.exit_code == 0
    assert [(row["last_name"], row["organisation"]) for row in listed(tmp_path / "out")] == [("Abt", "")]


def test_what_cannot_be_printed_is_listed_and_takes_no_number(tmp_path: Path) -> None:
    people = "ref,first_name,last_name\nA1,\U00012000,Aal\nA2,Ada,Abt\nA3,,\n"
    door = "scanned_at,ref,direction\n" + "".join(f"2022-11-24T08:55:00,A{n},in\n" for n in (1, 2, 3))
    result = draw_small(tmp_path, people, door_log=door)
    assert result.exit_code == 1
    assert "\U00012000 Aal: name: No font has these characters." in result.stderr
    assert "A3" in result.stderr
    assert [(row["ref"], row["number"][-4:]) for row in listed(tmp_path / "out")] == [("A2", "0001")]


def test_rows_that_cannot_be_used_are_named_by_their_line(tmp_path: Path) -> None:
    door = ALL_DAY + "soon;A1;in\n2022-11-24T09:00:00;Z9;in\n2022-11-24T09:00:00;A1;around\n"
    result = draw_small(tmp_path, "ref,last_name\nA1,Abt\nA1,Twice\n", door_log=door)
    assert result.exit_code == 1
    for where in ("participants.csv, line 3", "door-log.csv, line 4", "line 5", "line 6"):
        assert where in result.stderr


def test_a_cell_that_a_spreadsheet_would_run_is_made_harmless(tmp_path: Path) -> None:
    draw_small(tmp_path, 'ref,last_name,organisation\nA1,Abt,"=HYPERLINK(1)"\n')
    assert listed(tmp_path / "out")[0]["organisation"].startswith("'=")


@pytest.mark.parametrize(
    ("participants", "programme", "sentence"),
    [
        ("name\nAbt\n", "", "has no column ref"),
        ("ref\nA1\n", "{}", "is no programme"),
        ("ref\nA1\n", '{"event": {"starts_at": "x", "ends_at": "y"}}', "times"),
        ("ref\nA1\n", '{"event": []}', "is no programme"),
    ],
)
def test_files_that_are_something_else_are_refused_with_a_sentence(
    tmp_path: Path, participants: str, programme: str, sentence: str
) -> None:
    result = draw_small(tmp_path, participants, programme=programme)
    assert result.exit_code == 2
    assert sentence in " ".join(result.stderr.replace("│", " ").split())
