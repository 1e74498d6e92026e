"""What is wrong with a layout is said at the element, before anybody prints it."""

import json
from typing import Any

import pytest

from services.certificates.layouts import checks
from services.certificates.layouts.checks import read, read_data
from services.certificates.layouts.templates import BROKEN, LOOP, UNKNOWN
from shared.errors import Invalid
from shared.kit.validation import CHECK, CHOOSE, TOO_LARGE, TOO_LONG, TOO_SMALL


def a_layout(*front: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"title": "Ours", "width": 105, "height": 148, "front": front, **changes}


def a_text(text: Any = "{first_name}", **changes: Any) -> dict[str, Any]:
    return {"kind": "text", "x": 10, "y": 10, "width": 80, "height": 20, "text": text, **changes}


def refusals(data: Any) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as problem:
        read_data(data)
    return [(error.field, error.sentence) for error in problem.value.errors]


@pytest.mark.parametrize(
    ("element", "field", "sentence"),
    [
        (a_text(x=60), "front.0.x", checks.OUTSIDE),
        (a_text(y=140), "front.0.y", checks.OUTSIDE),
        (a_text(x=-1), "front.0.x", TOO_SMALL),
        (a_text(width=1e400), "front.0.width", CHECK),
        (a_text(size=0), "front.0.size", TOO_SMALL),
        (a_text(font="Comic Sans"), "front.0.font", CHOOSE),
        (a_text(weight="black"), "front.0.weight", CHOOSE),
        (a_text(colour="reddish"), "front.0.colour", checks.UNKNOWN_COLOUR),
        (a_text(colour="#12"), "front.0.colour", checks.UNKNOWN_COLOUR),
        (a_text("{salary}"), "front.0.text", UNKNOWN),
        (a_text("{first_name.__class__}"), "front.0.text", UNKNOWN),
        (a_text("{% for x in y %}"), "front.0.text", BROKEN),
        (a_text("first_name}"), "front.0.text", BROKEN),
        (a_text("{texts.nowhere}"), "front.0.text", UNKNOWN),
        (a_text("x" * 10_000), "front.0.text", TOO_LONG),
        (a_text("\u202egnireenignE"), "front.0.text", checks.FORBIDDEN),
        (a_text("\U0001f9d1\u0378"), "front.0.text", checks.NO_GLYPH),
        (a_text({"de": "Gast", "fr": "Invité"}), "front.0.text.fr.[key]", CHOOSE),
        (a_text(style="bold"), "front.0.style", checks.UNKNOWN_PART),
        ({"kind": "script", "x": 1, "y": 1}, "front.0", checks.UNKNOWN_ELEMENT),
        ({"kind": "qr", "x": 90, "y": 1, "side": 30}, "front.0.x", checks.OUTSIDE),
        ({"kind": "circle", "x": 3, "y": 30, "radius": 5, "fill": "accent"}, "front.0.x", checks.OUTSIDE),
        ({"kind": "line", "x": 3, "y": 30, "x2": 150, "y2": 30}, "front.0.x", checks.OUTSIDE),
        (
            {"kind": "image", "x": 3, "y": 3, "width": 9, "height": 9, "image": "logo"},
            "front.0.image",
            checks.UNKNOWN_IMAGE,
        ),
        (
            {
                "kind": "list",
                "of": "agenda",
                "x": 3,
                "y": 3,
                "width": 9,
                "height": 9,
                "heading": "{first_name}",
            },
            "front.0.heading",
            checks.NOT_SO_DEEP,
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and value.startswith("front") else "",
)
def test_an_element_that_cannot_be_printed_is_refused_where_it_stands(
    element: dict[str, Any], field: str, sentence: str
) -> None:
    assert (field, sentence) in refusals(a_layout(element))


@pytest.mark.parametrize(
    "texts",
    [{"a": "{texts.a}"}, {"a": "{texts.b}", "b": {"de": "{texts.c}", "en": "C"}, "c": "({texts.a})"}],
)
def test_texts_that_name_each_other_in_a_circle_are_refused(texts: dict[str, Any]) -> None:
    found = refusals(a_layout(a_text("{texts.a}"), texts=texts))
    assert LOOP in dict(found).values()


def test_own_texts_that_name_others_are_filled_in() -> None:
    read_data(a_layout(a_text("{texts.a}"), texts={"a": "({texts.b})", "b": "{event.title}"}))


def test_texts_that_double_each_time_are_refused() -> None:
    texts = {f"t{n}": f"{{texts.t{n + 1}}}" * 20 for n in range(20)}
    assert TOO_LONG in dict(refusals(a_layout(a_text("{texts.t0}"), texts={**texts, "t20": "x"}))).values()


def test_a_folded_badge_needs_a_back() -> None:
    assert ("back", checks.NO_BACK) in refusals(a_layout(a_text(), fold="top"))


def test_a_page_for_a_poster_is_no_badge() -> None:
    assert ("width", TOO_LARGE) in refusals(a_layout(width=1000))


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '{"title": NaN'])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as problem:
        read(text)
    assert problem.value.errors[0].sentence == checks.NO_JSON


@pytest.mark.parametrize("data", [None, [], "x", 7, {}])
def test_json_that_is_no_layout_is_refused(data: Any) -> None:
    with pytest.raises(Invalid):
        read(json.dumps(data))


def test_a_huge_layout_is_not_even_read() -> None:
    with pytest.raises(Invalid) as problem:
        read(" " * 1_000_000)
    assert problem.value.errors[0].sentence == TOO_LONG
