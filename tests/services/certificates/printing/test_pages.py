"""Printing badges at a browser: the form, the printers, and what comes back when something is wrong."""

from typing import Any

import pytest

from services.certificates.printing.models import Printer
from services.certificates.printing.schemas import A_GRID
from services.certificates.runs.models import DocumentRun
from services.certificates.runs.tasks import draw_documents
from services.certificates.tickets.models import Ticket
from shared.kit.access import Role
from tests.services.certificates.api import PAGES, browser
from tests.services.certificates.model_event import ModelEvent, id_of
from tests.services.certificates.world import every, hear, work

PRINTING = f"{PAGES}/printing"
OWN = {"sheet": "own", **{f"grid.{name}": str(value) for name, value in A_GRID.items()}}
A7 = {"grid.cell_width": "105", "grid.cell_height": "148", "grid.rows": "1", "grid.columns": "1"}


@pytest.fixture
def five(few: ModelEvent) -> ModelEvent:
    hear(few.published(), *map(few.confirmed, few.participants))
    return few


def test_badges_are_ordered_by_a_form_and_followed_on_the_papers_page(five: ModelEvent) -> None:
    assert 'value="long-edge" checked' in browser().get(PRINTING).text
    typed = {"sheet": "4xA6", "filling": "stacks", "order": "category", "whom": "everyone", "blanks": "3"}
    assert browser().post(PRINTING, data=typed).headers["location"] == f"{PAGES}#papers"
    assert "Stop drawing" in browser().get(PAGES).text
    draw_documents()
    [run] = every(DocumentRun)
    assert (run.state, run.pages, run.total) == ("done", 2, 8)
    assert (run.options["filling"], run.options["order"]) == ("stacks", "category")


@pytest.mark.parametrize("by", ["name", "e-mail", "short code"])
def test_one_persons_badge_is_ordered_by(five: ModelEvent, by: str) -> None:
    work()
    person = five.person("P11")
    lines = {
        "name": f" {person['first_name'].upper()}  {person['last_name']}",
        "e-mail": person["email"],
        "short code": "",
    }[by] or _short_code_of(five)
    browser().post(PRINTING, data={"whom": "chosen", "people": f"{lines}\n\n"})
    draw_documents()
    [run] = every(DocumentRun)
    assert (run.state, run.persons) == ("done", 1)


def _short_code_of(event: ModelEvent) -> str:
    [code] = [each.short_code for each in every(Ticket) if each.registration_id == id_of("P11")]
    return f"{code[:4].lower()}-{code[4:]}"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"whom": "chosen", "people": "Nobody Atall"}, "Each line has to name one person."),
        ({"whom": "chosen", "people": ""}, "Please fill in this field."),
        ({"blanks": "many"}, "Please enter a whole number."),
        ({"sheet": "avery-l7160"}, "These badges are larger than a cell of this sheet."),
        (OWN | {"grid.across": "80"}, "The cells overlap"),
        (OWN | {"grid.left": ""}, "Please fill in this field."),
        ({"duplex": "x"}, "Please choose one of the options."),
    ],
)
def test_a_wrong_entry_comes_back_with_a_sentence(
    five: ModelEvent, typed: dict[str, str], sentence: str
) -> None:
    answer = browser().post(PRINTING, data={"blank_category": "Ehrengast", **typed})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Ehrengast" in answer.text
    assert every(DocumentRun) == []


def test_a_sheet_of_ones_own_is_typed_with_a_german_comma(five: ModelEvent) -> None:
    typed = OWN | A7 | {"grid.left": "10,5", "crop_marks": "yes", "bleed": "1,5"}
    assert browser().post(PRINTING, data=typed).status_code == 303
    [run] = every(DocumentRun)
    assert (run.options["grid"]["left"], run.options["bleed"]) == (10.5, 1.5)


def test_a_drawing_is_stopped_by_a_button(five: ModelEvent) -> None:
    browser().post(PRINTING, data={})
    [run] = every(DocumentRun)
    assert browser().post(f"{PAGES}/papers/{run.run_id}/cancel").status_code == 303
    assert "stopped" in browser().get(PAGES).text


def test_the_page_says_that_a_paper_waits_for_room(five: ModelEvent, monkeypatch: Any) -> None:
    def no_room(*_: object) -> None:
        raise OSError(28, "No space left on device")

    browser().post(PRINTING, data={})
    monkeypatch.setattr("services.certificates.runs.files.os.fsync", no_room)
    draw_documents()
    assert "There is no room on the disk" in browser().get(PAGES).text


def test_a_printer_is_entered_measured_changed_and_removed(five: ModelEvent) -> None:
    typed = {"name": "Kopierer, 2. OG", "front_right": "0,5", "back_down": "\u22121,5"}
    assert browser().post(f"{PRINTING}/printers", data=typed).status_code == 303
    [printer] = every(Printer)
    assert (printer.front_right, printer.back_down) == (0.5, -1.5)
    place = f"{PRINTING}/printers/{printer.printer_id}"
    assert "Kopierer, 2. OG" in browser().get(PRINTING).text
    assert browser().get(f"{place}/calibration.pdf").content.startswith(b"%PDF")
    assert 'value="-1.5"' in browser().get(place).text
    browser().post(place, data=typed | {"back_down": "2"})
    assert every(Printer)[0].back_down == 2
    wrong = browser().post(place, data=typed | {"back_down": "20"})
    assert (wrong.status_code, "This number is too large." in wrong.text) == (422, True)
    browser().post(f"{place}/remove")
    assert every(Printer) == []


def test_a_viewer_orders_and_enters_nothing(five: ModelEvent) -> None:
    assert browser(Role.viewer).get(PRINTING).status_code == 200
    assert browser(Role.viewer).post(PRINTING, data={}).status_code == 403
    assert browser(Role.viewer).post(f"{PRINTING}/printers", data={"name": "x"}).status_code == 403
