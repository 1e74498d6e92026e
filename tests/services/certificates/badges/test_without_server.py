"""`treffpunkt badges draw`: a table in, badges out, and a list of what could not be printed."""

import io
import json
from pathlib import Path

import pytest
from pypdf import PdfReader
from typer.testing import CliRunner, Result

from services.certificates.cli import app
from services.certificates.layouts.gallery import FOLDER as GALLERY
from tests.services.certificates.model_event import FOLDER
from tests.support.papers import texts

TABLE = "first_name;last_name;organisation\nAda;Abt;Verein\n"


def draw(participants: Path, out: Path, *further: str) -> Result:
    wanted = ["badges", "draw", "--participants", str(participants), "--out", str(out), *further]
    return CliRunner().invoke(app, wanted)


def draw_table(folder: Path, table: str, *further: str) -> Result:
    (folder / "people.csv").write_text(table, encoding="utf-8")
    return draw(folder / "people.csv", folder / "badges.pdf", *further)


def test_the_model_event_has_sixty_badges(tmp_path: Path) -> None:
    out = tmp_path / "badges.pdf"
    done = draw(FOLDER / "participants.csv", out, "--event", str(FOLDER / "programme.json"))
    assert done.exit_code == 0, done.output
    pages = texts(out.read_bytes())
    assert len(pages) == 60
    assert "Wieloch" in pages[0]
    assert "24. November 2022" in pages[0]


def test_a_badge_without_codes_says_nothing_of_them(tmp_path: Path) -> None:
    assert draw_table(tmp_path, TABLE).exit_code == 0
    [page] = texts((tmp_path / "badges.pdf").read_bytes())
    assert page == "Ada Abt Verein"


def test_codes_of_the_table_are_printed(tmp_path: Path) -> None:
    table = "first_name,ticket_code,short_code\nAda,EVT1:ABC,BCDF-GHJK\n"
    assert draw_table(tmp_path, table).exit_code == 0
    assert "BCDF-GHJK" in texts((tmp_path / "badges.pdf").read_bytes())[0]


def test_it_is_said_that_badges_without_codes_cannot_be_scanned(tmp_path: Path) -> None:
    assert "1 of them carry no code" in draw_table(tmp_path, TABLE).output
    table = "first_name,ticket_code,short_code\nAda,EVT1:ABC,BCDF-GHJK\n"
    assert "no code" not in draw_table(tmp_path, table).output


def test_the_programme_stands_on_the_back(tmp_path: Path) -> None:
    layout = ("--layout", "a6-portrait-programme", "--event", str(FOLDER / "programme.json"))
    assert draw_table(tmp_path, TABLE, *layout).exit_code == 0
    _, back = texts((tmp_path / "badges.pdf").read_bytes())
    assert "13:15 World Café: bilaterale und gemeinsame Zusammenarbeit World-Café-Raum" in back


@pytest.mark.parametrize(("layout", "pages"), [("a7", 1), ("fold-a5-a6", 1)])
def test_a_printer_of_one_side_gets_no_backs(tmp_path: Path, layout: str, pages: int) -> None:
    event = str(FOLDER / "programme.json")
    assert draw_table(tmp_path, TABLE, "--layout", layout, "--one-side", "--event", event).exit_code == 0
    printed = texts((tmp_path / "badges.pdf").read_bytes())
    assert len(printed) == pages
    assert ("Mein Programm" in printed[0]) is (layout == "fold-a5-a6")


def test_badges_come_on_sheets(tmp_path: Path) -> None:
    table = TABLE + "Bo;Beh;\n" * 4
    assert draw_table(tmp_path, table, "--sheet", "4xA6").exit_code == 0
    first, second = PdfReader(io.BytesIO((tmp_path / "badges.pdf").read_bytes())).pages
    assert first.extract_text().count("Bo") == 3
    assert "Beh" in second.extract_text()


def test_who_cannot_be_printed_is_listed_and_the_others_are(tmp_path: Path) -> None:
    done = draw_table(tmp_path, TABLE + "\U0001f9d1\u0378;X;\n;;Nobody\n" + "A" * 10_000 + ";B;\n")
    assert done.exit_code == 1
    assert "1 of 4 badges" in done.output
    assert "people.csv, line 3" in done.output
    assert "people.csv, line 4, ?: This row has no name." in done.output
    assert "first_name: This text does not fit" in done.output
    assert len(texts((tmp_path / "badges.pdf").read_bytes())) == 1


def test_markup_in_a_name_is_printed_as_it_was_typed(tmp_path: Path) -> None:
    assert (
        draw_table(
            tmp_path, "first_name;last_name\n<para>;<img src=file:x>\n{last_name};{texts.a}\n"
        ).exit_code
        == 0
    )
    first, second = texts((tmp_path / "badges.pdf").read_bytes())
    assert "".join(first.split()) == "<para><imgsrc=file:x>"
    assert second == "{last_name} {texts.a}"


def test_a_layout_of_ones_own_is_taken_from_its_file(tmp_path: Path) -> None:
    layout = json.loads((GALLERY / "a6-portrait.json").read_text(encoding="utf-8"))
    (tmp_path / "own.json").write_text(json.dumps({**layout, "width": 120}), encoding="utf-8")
    assert draw_table(tmp_path, TABLE, "--layout", str(tmp_path / "own.json")).exit_code == 0
    page = PdfReader(io.BytesIO((tmp_path / "badges.pdf").read_bytes())).pages[0]
    assert round(float(page.mediabox.width) / 72 * 25.4) == 120


@pytest.mark.parametrize(
    ("further", "sentence"),
    [
        (["--layout", "a0"], "There is no layout"),
        (["--layout", "nowhere.json"], "cannot be read"),
        (["--sheet", "5xA6"], "There is no sheet"),
        (["--layout", "fold-a5-a6", "--sheet", "8xA7"], "larger than a cell"),
    ],
)
def test_what_is_not_there_is_said(tmp_path: Path, further: list[str], sentence: str) -> None:
    done = draw_table(tmp_path, TABLE, *further)
    assert done.exit_code == 2
    assert sentence in " ".join(done.output.replace("│", " ").split())
    assert not (tmp_path / "badges.pdf").exists()


def test_a_broken_layout_is_named_at_its_element(tmp_path: Path) -> None:
    (tmp_path / "own.json").write_text(
        '{"title": "x", "width": 105, "height": 148, "front": [{"kind": "qr", "x": 99, "y": 1, "side": 30}]}'
    )
    done = draw_table(tmp_path, TABLE, "--layout", str(tmp_path / "own.json"))
    assert done.exit_code == 2
    assert "front.0.x" in done.output


def test_picture_letters_are_left_out_with_a_notice(tmp_path: Path) -> None:
    done = draw_table(tmp_path, "first_name,last_name\nAda \U0001f469\u200d\U0001f4bb\ufe0f,Abt\U0001f680\n")
    assert done.exit_code == 1
    assert "first_name: These picture letters were left out." in done.output
    assert texts((tmp_path / "badges.pdf").read_bytes()) == ("Ada Abt",)


def test_a_name_of_picture_letters_alone_is_refused(tmp_path: Path) -> None:
    done = draw_table(tmp_path, "first_name,last_name\n\U0001f680,\n")
    assert done.exit_code == 1
    assert "No font has these characters" in done.output
    assert not (tmp_path / "badges.pdf").exists()
