"""The layouts that come with the product: a JSON file for each in `services/certificates/gallery/`."""

from functools import cache
from pathlib import Path

from services.certificates.layouts.checks import read
from services.certificates.layouts.layout import Layout

FOLDER = Path(__file__).parent.parent / "gallery"
# In the order in which they are offered.
NAMES = (
    "a6-portrait",
    "a6-portrait-programme",
    "a6-landscape",
    "a7",
    "fold-a5-a6",
    "insert-54x90",
    "label-62",
)
DEFAULT_NAME = NAMES[0]
# The same front, and a back that shows the way.
DEFAULT_WITH_WAYS = "a6-portrait-programme"


@cache
def gallery_layout(name: str) -> Layout:
    """One layout of the gallery. Raises KeyError."""
    if name not in NAMES:
        raise KeyError(name)
    return read((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def default_layout() -> Layout:
    return gallery_layout(DEFAULT_NAME)
