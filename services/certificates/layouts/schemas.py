"""What the API takes and gives about layouts."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

from services.certificates.layouts.layout import Layout, Words

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
Sample = Literal["usual", "long", "short", "arabic", "japanese", "hebrew"]

LAYOUT_EXAMPLE: dict[str, Any] = {
    "title": {"de": "Unsere Namensschilder", "en": "Our badges"},
    "width": 105,
    "height": 148,
    "front": [
        {"kind": "rectangle", "x": 0, "y": 0, "width": 105, "height": 12, "fill": "category"},
        {
            "kind": "text",
            "x": 10,
            "y": 40,
            "width": 85,
            "height": 40,
            "text": "{first_name} {last_name}",
            "size": 40,
            "weight": "bold",
            "lines": 3,
        },
        {"kind": "qr", "x": 35, "y": 95, "side": 35},
    ],
}


class LayoutSummary(BaseModel):
    """A layout in the list; lengths in millimetres."""

    name: str
    title: Words
    width: float
    height: float
    has_back: bool
    is_of_gallery: bool
    is_chosen: bool


class LayoutOut(BaseModel):
    """A layout with everything that stands on it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "ours", "is_of_gallery": False, "layout": LAYOUT_EXAMPLE}]}
    )

    name: str
    is_of_gallery: bool
    layout: dict[str, Any]


class LayoutIn(Layout):
    """A layout to keep."""

    model_config = ConfigDict(json_schema_extra={"examples": [LAYOUT_EXAMPLE]})


class ChoiceIn(BaseModel):
    """The layout of an event's badges, by its name."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"layout": "a6-portrait"}]})

    layout: Name


class ChoiceOut(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"layout": "a6-portrait"}]})

    layout: str


class ImageOut(BaseModel):
    """A picture for layouts; `width` and `height` in pixels."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={"examples": [{"name": "logo", "width": 1200, "height": 400}]},
    )

    name: str
    width: int
    height: int
