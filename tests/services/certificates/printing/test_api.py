"""Badges on sheets and printers, as programs order them."""

from typing import Any
from uuid import UUID

import pytest

from services.certificates.printing.schemas import A_GRID
from services.certificates.runs.tasks import draw_documents
from tests.services.certificates.api import API, program
from tests.services.certificates.model_event import ModelEvent
from tests.services.certificates.world import hear
from tests.support.papers import pages_as_pictures, qr_codes, texts

COPIER = {
    "name": "Copier, 2nd floor",
    "front_right": 1.5,
    "front_down": -0.5,
    "back_right": 0,
    "back_down": 2,
}


@pytest.fixture
def five(few: ModelEvent) -> ModelEvent:
    hear(few.published(), *map(few.confirmed, few.participants))
    return few


def test_a_sheet_is_ordered_followed_and_fetched(five: ModelEvent) -> None:
    place = program().post(f"{API}/badge-runs", json={"sheet": "4xA6", "blanks": 1}).headers["location"]
    waiting = program().get(place).json()
    assert (waiting["state"], waiting["drawn"], waiting["total"]) == ("queued", 0, 0)
    draw_documents()
    run = program().get(place).json()
    assert (run["state"], run["pages"], run["drawn"], run["total"]) == ("done", 2, 6, 6)
    assert sum(map(len, qr_codes(program().get(run["file"]).content))) == 5


def test_a7_badges_lie_on_their_side_eight_to_a_sheet(five: ModelEvent) -> None:
    wish = {"layout": "a7", "sheet": "8xA7", "duplex": "none"}
    place = program().post(f"{API}/badge-runs", json=wish).headers["location"]
    draw_documents()
    run = program().get(place).json()
    assert (run["state"], run["persons"]) == ("done", 5)
    assert [len(page) for page in qr_codes(program().get(run["file"]).content)] == [5] * run["pages"]


def test_a_run_is_cancelled_once_or_twice_and_not_after_it_is_drawn(five: ModelEvent) -> None:
    place = program().post(f"{API}/badge-runs").headers["location"]
    assert [program().post(f"{place}/cancel").json()["state"] for _ in range(2)] == ["cancelled"] * 2
    draw_documents()
    assert program().get(f"{place}/badges.pdf").status_code == 409
    drawn = program().post(f"{API}/badge-runs").headers["location"]
    draw_documents()
    assert program().post(f"{drawn}/cancel").status_code == 409


@pytest.mark.parametrize(
    ("wish", "status"),
    [
        ({"sheet": "5xA6"}, 422),
        ({"layout": "../a7"}, 422),
        # A7 does not fit on a card, A6 does not fit on A7.
        ({"layout": "a7", "sheet": "avery-c32015"}, 422),
        ({"sheet": "4xA6", "grid": A_GRID}, 422),
        ({"grid": A_GRID | {"across": 80}}, 422),
        ({"grid": A_GRID | {"left": 100}}, 422),
        ({"grid": A_GRID | {"columns": 0}}, 422),
        ({"printer": str(UUID(int=4))}, 422),
        ({"duplex": "middle"}, 422),
        ({"blanks": 100_000}, 422),
        ({"registrations": []}, 422),
        ({"bleed": "NaN"}, 422),
        # The badge is A6, the cells are not.
        ({"sheet": "avery-l7160"}, 422),
    ],
)
def test_an_order_that_cannot_be_printed_is_refused_before_it_waits(
    five: ModelEvent, wish: dict[str, Any], status: int
) -> None:
    assert program().post(f"{API}/badge-runs", json=wish).status_code == status


def test_a_grid_that_does_not_fit_is_refused_at_its_field(five: ModelEvent) -> None:
    answer = program().post(f"{API}/badge-runs", json={"grid": A_GRID | {"across": 80}}).json()
    assert [error["field"] for error in answer["errors"]] == ["grid.across"]


def test_a_printer_is_entered_measured_changed_and_removed(five: ModelEvent) -> None:
    printer = program().post(f"{API}/printers", json=COPIER).json()
    assert printer == COPIER | {"id": printer["id"]}
    place = f"{API}/printers/{printer['id']}"
    page = program().get(f"{place}/calibration.pdf", params={"locale": "de"})
    assert "Copier, 2nd floor" in texts(page.content)[1]
    assert program().put(place, json=COPIER | {"back_down": 1.1}).json()["back_down"] == 1.1
    assert program().get(f"{API}/printers").json() == [COPIER | {"id": printer["id"], "back_down": 1.1}]
    assert program().delete(place).status_code == 204
    assert program().get(f"{API}/printers").json() == []


def test_two_printers_of_one_name_are_one_too_many(five: ModelEvent) -> None:
    assert [program().post(f"{API}/printers", json=COPIER).status_code for _ in range(2)] == [201, 422]


@pytest.mark.parametrize(
    "change", [{"name": " "}, {"name": "a\nb"}, {"front_down": 11}, {"back_down": "1e999"}]
)
def test_a_printer_that_cannot_be_is_refused(five: ModelEvent, change: dict[str, Any]) -> None:
    assert program().post(f"{API}/printers", json=COPIER | change).status_code == 422


def test_a_printers_offset_is_that_of_its_pages(five: ModelEvent) -> None:
    printer = program().post(f"{API}/printers", json=COPIER).json()["id"]
    wishes: list[dict[str, Any]] = [{"sheet": "4xA6"}, {"sheet": "4xA6", "printer": printer}]
    places = [program().post(f"{API}/badge-runs", json=wish).headers["location"] for wish in wishes]
    draw_documents()
    straight, moved = (
        pages_as_pictures(program().get(f"{place}/badges.pdf").content, dpi=254)[0] for place in places
    )
    # Ten pixels are a millimetre: 1.5 mm to the right and 0.5 mm up.
    box = (200, 200, 1000, 1000)
    assert (
        moved.crop((box[0] + 15, box[1] - 5, box[2] + 15, box[3] - 5)).tobytes()
        == straight.crop(box).tobytes()
    )


def test_the_sheets_by_name_are_told_with_their_geometry(five: ModelEvent) -> None:
    sheets = {sheet["name"]: sheet for sheet in program().get(f"{API}/sheets").json()}
    assert (sheets["4xA6"]["columns"], sheets["4xA6"]["cell_height"]) == (2, 148)
