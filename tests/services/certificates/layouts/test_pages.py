"""Layouts at a browser: chosen, copied, changed by a form or as JSON, and seen before they are saved."""

import json
import re
from typing import Any
from uuid import uuid4

import pytest
from lxml import html

from services.certificates.layouts.models import LayoutChoice, LayoutImage, OwnLayout
from services.certificates.layouts.schemas import LAYOUT_EXAMPLE
from tests.services.certificates.api import PAGES, browser
from tests.services.certificates.model_event import ModelEvent
from tests.services.certificates.world import every, hear
from tests.support.images import a_bomb, a_png

LAYOUTS = f"{PAGES}/layouts"
PICTURE = "data:image/svg+xml;base64,"


@pytest.fixture(autouse=True)
def arrived(few: ModelEvent) -> None:
    hear(few.published())


def an_own(name: str = "ours", like: str = "a6-portrait") -> str:
    return str(browser().post(LAYOUTS, data={"name": name, "like": like}).headers["location"])


def form_of(page: str) -> dict[str, str]:
    """What the form with a field for each thing sends as it stands."""
    [form] = [form for form in html.fromstring(page).forms if "content" in form.fields]
    return {name: str(value) for name, value in form.form_values()}


def typed(place: str, **changes: Any) -> dict[str, str]:
    return {**form_of(browser().get(place).text), "action": "save", **changes}


def test_the_gallery_is_looked_at_and_one_is_chosen() -> None:
    page = browser().get(LAYOUTS).text
    # Seven fronts, and the backs of those that have one.
    assert page.count("preview.svg") == 12
    assert browser().get(f"{LAYOUTS}/fold-a5-a6/preview.svg").content.startswith(b"<svg")
    done = browser().post(f"{PAGES}/badge-layout", data={"layout": "a7"})
    assert done.headers["location"] == f"{LAYOUTS}?chosen=yes"
    assert [choice.name for choice in every(LayoutChoice)] == ["a7"]
    assert browser().post(f"{PAGES}/badge-layout", data={"layout": "nowhere"}).status_code == 404


def test_an_own_layout_is_changed_by_the_form() -> None:
    place = an_own()
    done = browser().post(place, data=typed(place, **{"f.front.5.texts.0.size": "30,5", "f.height": "148.5"}))
    assert done.headers["location"] == f"{place}?saved=yes&sample=usual"
    [kept] = every(OwnLayout)
    assert kept.version == 2
    assert (kept.content["height"], kept.content["front"][5]["texts"][0]["size"]) == (148.5, 30.5)
    # All else is as it was.
    assert kept.content["front"][5]["texts"][0]["text"] == "{first_name}"
    assert kept.content["front"][2]["fill"] == "category"


def test_a_preview_shows_what_was_typed_and_saves_nothing() -> None:
    place = an_own()
    before = browser().get(place).text
    after = (
        browser().post(place, data=typed(place, action="preview", **{"f.front.5.texts.0.size": "12"})).text
    )
    pictures = [re.findall(rf'{re.escape(PICTURE)}([^"]+)"', page) for page in (before, after)]
    assert pictures[0] != pictures[1]
    assert 'value="12"' in after
    assert every(OwnLayout)[0].version == 1


def test_the_picture_alone_comes_while_somebody_types() -> None:
    place = an_own()
    part = browser().post(f"{place}/preview", data=typed(place)).text
    assert PICTURE in part
    assert "<html" not in part
    wrong = browser().post(f"{place}/preview", data=typed(place, **{"f.front.6.text": "{salary}"})).text
    assert "front.6.text: There is no such field." in wrong
    assert PICTURE not in wrong


def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost() -> None:
    place = an_own()
    answer = browser().post(place, data=typed(place, **{"f.front.7.x": "90", "f.front.6.size": "huge"}))
    assert answer.status_code == 422
    assert 'value="huge"' in answer.text
    assert 'id="field-f-front-6-size-error"' in answer.text
    assert every(OwnLayout)[0].version == 1
    answer = browser().post(place, data=typed(place, **{"f.front.7.x": "90"}))
    assert 'id="field-f-front-7-x-error"' in answer.text


def test_elements_are_added_and_removed() -> None:
    place = an_own()
    page = browser().post(place, data=typed(place, action="add:back", kind="list")).text
    assert "f.back.0.of" in page
    content = form_of(page)
    page = browser().post(place, data={**content, "action": "remove:front.0"}).text
    browser().post(place, data={**form_of(page), "action": "save"})
    [kept] = every(OwnLayout)
    assert len(kept.content["front"]) == 7
    assert kept.content["back"][0]["of"] == "agenda"


def test_colours_and_words_of_categories_are_changed_without_json(few: ModelEvent) -> None:
    hear(few.confirmed(few.participants[0], category="Dr. h. c."))
    place = an_own()
    changes = {
        "f.palette.accent": "#7A1F4B",
        "f.categories.Dr. h. c.": "#1E4D2B",
        "f.category_names.Dr. h. c..de": "Ehrengast",
        "f.category_names.speaker.en": "Lecturer",
    }
    form = typed(place, **changes)
    assert browser().post(place, data=form).status_code == 303
    [kept] = every(OwnLayout)
    assert kept.content["palette"] == {"accent": "#7A1F4B"}
    assert kept.content["categories"] == {"Dr. h. c.": "#1E4D2B"}
    assert kept.content["category_names"] == {"Dr. h. c.": {"de": "Ehrengast"}, "speaker": {"en": "Lecturer"}}
    # What is emptied is the house's again.
    again = typed(place, **{"f.palette.accent": "", "f.category_names.speaker.en": ""})
    assert browser().post(place, data=again).status_code == 303
    [kept] = every(OwnLayout)
    assert "palette" not in kept.content
    assert list(kept.content["category_names"]) == ["Dr. h. c."]


def test_a_colour_that_is_none_stands_at_its_field() -> None:
    place = an_own()
    answer = browser().post(place, data=typed(place, **{"f.categories.guest": "greenish"}))
    assert answer.status_code == 422
    assert 'id="field-f-categories-guest-error"' in answer.text


def test_experts_change_the_json() -> None:
    place = an_own()
    done = browser().post(place, data={"json": json.dumps(LAYOUT_EXAMPLE), "version": "1", "action": "save"})
    assert done.status_code == 303
    assert every(OwnLayout)[0].content == LAYOUT_EXAMPLE
    broken = browser().post(place, data={"json": '{"title": <oops>', "version": "2", "action": "save"})
    assert broken.status_code == 422
    assert "&lt;oops&gt;" in broken.text


def test_who_has_not_seen_the_latest_changes_saves_nothing() -> None:
    place = an_own()
    old = typed(place)
    assert browser().post(place, data=old).status_code == 303
    assert browser().post(place, data={**old, "idempotency_key": str(uuid4())}).status_code == 412


def test_a_person_whose_name_does_not_fit_is_said_in_the_preview() -> None:
    place = an_own()
    narrow = {"f.front.5.width": "20"}
    page = browser().post(place, data=typed(place, action="preview", sample="long", **narrow)).text
    assert PICTURE not in page
    assert "smallest size" in page or "kleinsten" in page


@pytest.mark.parametrize("name", ["", "Ours", "a7", "../x", "-x", "x" * 61])
def test_a_name_that_cannot_be_is_refused(name: str) -> None:
    assert browser().post(LAYOUTS, data={"name": name, "like": "a7"}).status_code == 422
    assert every(OwnLayout) == []


def test_the_gallery_cannot_be_changed_or_removed() -> None:
    place = f"{LAYOUTS}/a7"
    assert browser().post(place, data=typed(place)).status_code == 409
    assert browser().post(f"{place}/remove").status_code == 409


def test_an_own_layout_is_removed() -> None:
    place = an_own()
    assert browser().post(f"{place}/remove").status_code == 303
    assert every(OwnLayout) == []


def test_a_picture_is_uploaded_and_seen() -> None:
    files = {"image": ("logo.png", a_png(), "image/png")}
    assert (
        browser().post(f"{PAGES}/layout-images", data={"image_name": "logo"}, files=files).status_code == 303
    )
    assert browser().get(f"{PAGES}/layout-images/logo").headers["content-type"] == "image/png"
    for bad in (a_bomb(), b"", b"no picture"):
        files = {"image": ("logo.png", bad, "image/png")}
        answer = browser().post(f"{PAGES}/layout-images", data={"image_name": "other"}, files=files)
        assert answer.status_code == 422
    assert [image.name for image in every(LayoutImage)] == ["logo"]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "null",
        '{"front": 7}',
        '{"front": [1]}',
        "[" * 10_000,
        '{"palette": 7}',
        '{"category_names": {"x": 7}, "categories": {"x": 7}, "front": []}',
    ],
)
def test_a_form_that_was_tampered_with_breaks_nothing(content: str) -> None:
    place = an_own()
    for action in ("save", "preview", "add:front", "remove:front.0", "remove:x", "add:x"):
        data = {"content": content, "version": "1", "action": action, "kind": "qr"}
        assert browser().post(place, data=data).status_code in (200, 422)
