"""A layout as it is seen before it is printed: each side as SVG, with a made-up person."""

from dataclasses import dataclass

from services.certificates.documents.event import EventFacts
from services.certificates.documents.fonts import load_fonts
from services.certificates.documents.problems import Problem
from services.certificates.layouts import svg
from services.certificates.layouts.design import Design, Pictures
from services.certificates.layouts.layout import Layout, Side
from services.certificates.layouts.samples import SAMPLES


@dataclass(frozen=True, slots=True)
class Preview:
    """The pictures of the sides that there are, or what cannot be printed of this person's badge."""

    faces: dict[Side, bytes]
    problems: list[Problem]


def preview(
    layout: Layout, event: EventFacts, language: str, pictures: Pictures, sample: str = "usual"
) -> Preview:
    """Raises KeyError for a sample that is none."""
    design, badge = Design(layout, event, language, pictures), SAMPLES[sample]
    if problems := design.problems(badge, load_fonts()):
        return Preview({}, problems)
    sides = [Side.FRONT, Side.BACK] if layout.back else [Side.FRONT]
    return Preview({side: svg.draw_face(design, badge, side) for side in sides}, [])
