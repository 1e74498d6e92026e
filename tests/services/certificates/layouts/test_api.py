"""Layouts as programs keep, choose and look at them."""

from typing import Any

import pytest

from services.certificates.layouts.schemas import LAYOUT_EXAMPLE
from services.certificates.runs.tasks import draw_documents
from shared.kit.access import Role
from shared.kit.database import new_id
from tests.services.certificates.api import API, program
from tests.services.certificates.model_event import ModelEvent
from tests.services.certificates.world import hear
from tests.support.images import a_bomb, a_png
from tests.support.papers import texts

LOGO = {"kind": "image", "x": 5, "y": 130, "width": 20, "height": 10, "image": "logo"}
ELSEWHERE = API.replace("ki-hub-2022", "elsewhere")


@pytest.fixture
def five(few: ModelEvent) -> ModelEvent:
    hear(few.published(), *map(few.confirmed, few.participants))
    return few


def an_example(**changes: Any) -> dict[str, Any]:
    return {**LAYOUT_EXAMPLE, **changes}


@pytest.mark.usefixtures("five")
def test_the_gallery_is_there_from_the_start_and_the_default_is_chosen() -> None:
    layouts = program().get(f"{API}/layouts").json()
    assert [each["name"] for each in layouts if each["is_chosen"]] == ["a6-portrait"]
    assert all(each["is_of_gallery"] for each in layouts)


@pytest.mark.usefixtures("five")
def test_an_own_layout_is_kept_chosen_and_printed() -> None:
    assert program().put(f"{API}/layouts/ours", json=an_example()).status_code == 200
    assert program().put(f"{API}/badge-layout", json={"layout": "ours"}).json() == {"layout": "ours"}
    place = program().post(f"{API}/badge-runs").headers["location"]
    draw_documents()
    printed = " ".join(texts(program().get(program().get(place).json()["file"]).content))
    # The example says nothing of organisations.
    assert "Lisbeth" in printed
    assert "Zentrum" not in printed


@pytest.mark.usefixtures("five")
def test_a_layout_changes_only_for_whoever_has_read_it() -> None:
    etag = program().put(f"{API}/layouts/ours", json=an_example()).headers["etag"]
    assert program().put(f"{API}/layouts/ours", json=an_example(width=100)).status_code == 428
    changed = program().put(f"{API}/layouts/ours", json=an_example(height=140), headers={"If-Match": etag})
    assert changed.status_code == 200
    assert (
        program().put(f"{API}/layouts/ours", json=an_example(), headers={"If-Match": etag}).status_code == 412
    )
    assert program().get(f"{API}/layouts/ours").headers["etag"] == changed.headers["etag"]
    assert program().delete(f"{API}/layouts/ours", headers={"If-Match": etag}).status_code == 412


@pytest.mark.usefixtures("five")
def test_a_choice_changes_only_for_whoever_has_read_it() -> None:
    first = program().put(f"{API}/badge-layout", json={"layout": "a7"})
    assert program().put(f"{API}/badge-layout", json={"layout": "a7"}).status_code == 428
    etag = {"If-Match": first.headers["etag"]}
    assert program().put(f"{API}/badge-layout", json={"layout": "label-62"}, headers=etag).status_code == 200
    assert program().put(f"{API}/badge-layout", json={"layout": "a7"}, headers=etag).status_code == 412


@pytest.mark.usefixtures("five")
def test_what_is_wrong_is_said_at_the_element() -> None:
    wrong = an_example(front=[{"kind": "qr", "x": 100, "y": 5, "side": 30, "content": "{salary}"}])
    answer = program().put(f"{API}/layouts/ours", json=wrong)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["front.0.x", "front.0.content"]


@pytest.mark.usefixtures("five")
def test_the_gallery_belongs_to_nobody() -> None:
    assert program().put(f"{API}/layouts/a7", json=an_example()).status_code == 409
    assert program().delete(f"{API}/layouts/a7", headers={"If-Match": "*"}).status_code == 409


@pytest.mark.usefixtures("five")
def test_a_layout_in_use_stays() -> None:
    program().put(f"{API}/layouts/ours", json=an_example())
    program().put(f"{API}/badge-layout", json={"layout": "ours"})
    everything = {"If-Match": "*"}
    assert program().delete(f"{API}/layouts/ours", headers=everything).status_code == 409
    program().put(f"{API}/badge-layout", json={"layout": "a7"}, headers=everything)
    assert program().delete(f"{API}/layouts/ours", headers=everything).status_code == 204
    assert program().get(f"{API}/layouts/ours").status_code == 404


def test_another_organisation_has_its_own_layouts_of_the_same_names(few: ModelEvent) -> None:
    other = new_id()
    hear(few.published(), few.published(event_id=new_id(), slug="elsewhere", organisation_id=other))
    assert program().put(f"{API}/layouts/ours", json=an_example()).status_code == 200
    assert program().put(f"{API}/layout-images/logo", content=a_png()).status_code == 200
    stranger = program(Role.owner, other)
    assert stranger.get(f"{ELSEWHERE}/layouts/ours").status_code == 404
    assert stranger.get(f"{ELSEWHERE}/layout-images/logo").status_code == 404
    assert stranger.put(f"{ELSEWHERE}/badge-layout", json={"layout": "ours"}).status_code == 404
    assert stranger.put(f"{ELSEWHERE}/layouts/ours", json=an_example(front=[LOGO])).status_code == 422
    assert stranger.put(f"{ELSEWHERE}/layouts/ours", json=an_example(width=100, front=[])).status_code == 200
    assert program().get(f"{API}/layouts/ours").json()["layout"]["width"] == 105


@pytest.mark.usefixtures("five")
def test_a_picture_is_shown_by_a_layout_and_stays_while_it_is() -> None:
    assert program().put(f"{API}/layouts/ours", json=an_example(front=[LOGO])).status_code == 422
    assert program().put(f"{API}/layout-images/logo", content=a_png()).json()["width"] == 40
    assert program().put(f"{API}/layouts/ours", json=an_example(front=[LOGO])).status_code == 200
    preview = program().get(f"{API}/layouts/ours/preview.svg")
    assert preview.headers["content-type"].startswith("image/svg+xml")
    assert b"data:image/png;base64," in preview.content
    assert program().delete(f"{API}/layout-images/logo").status_code == 409
    program().delete(f"{API}/layouts/ours", headers={"If-Match": "*"})
    assert program().delete(f"{API}/layout-images/logo").status_code == 204


@pytest.mark.usefixtures("five")
@pytest.mark.parametrize(("raw", "status"), [(b"no picture", 422), (a_bomb(), 422), (b"x" * 5_000_001, 413)])
def test_what_is_no_picture_is_not_kept(raw: bytes, status: int) -> None:
    assert program().put(f"{API}/layout-images/logo", content=raw).status_code == status
    assert program().get(f"{API}/layout-images").json() == []


@pytest.mark.usefixtures("five")
def test_a_side_that_there_is_not_has_no_preview() -> None:
    assert program().get(f"{API}/layouts/label-62/preview.svg?side=back").status_code == 404
    assert program().get(f"{API}/layouts/fold-a5-a6/preview.svg?side=back&sample=hebrew").status_code == 200


def test_picture_letters_in_a_name_cost_nobody_the_badge(few: ModelEvent) -> None:
    person = {**few.participants[0], "first_name": "Ada \U0001f680"}
    hear(few.published(), few.confirmed(person))
    place = program().post(f"{API}/badge-runs").headers["location"]
    draw_documents()
    run = program().get(place).json()
    assert (run["state"], run["pages"]) == ("done", 1)
    assert [(problem["field"], problem["what"]) for problem in run["problems"]] == [
        ("first_name", "left_out")
    ]
    assert texts(program().get(run["file"]).content)[0].count("Ada ") == 1
