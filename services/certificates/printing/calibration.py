"""The page by which organisers see where their printer really prints: rulers across the middle, on both sides.

The sheet is folded in half both ways, edge on edge: its creases run through its real middle. Where a crease crosses
a ruler stands by how many millimetres everything has to be moved, to be entered as it is printed there.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from services.certificates.documents.fitting import wrap
from services.certificates.documents.paper import ACCENT, INK, MM, MUTED, Paper, Size, Style
from services.certificates.documents.problems import check

# Further off no printer is; what is set beyond that is a mistake in typing.
REACH = 10
THIN, THICK = 0.25, 0.6
HEADING = Style(18, "bold", ACCENT)
TEXT = Style(10.5)
NUMBER = Style(7, colour=MUTED)
AXIS = Style(9, "bold")

WORDS: Mapping[str, Mapping[str, str | Sequence[str]]] = {
    "de": {
        "title": "Druckversatz messen",
        "front": "Vorderseite",
        "back": "Rückseite",
        "steps": (
            "1. Drucken Sie beide Seiten dieses Blattes beidseitig und in Originalgröße (100 %, nicht „an Seite anpassen“).",
            "2. Falten Sie das Blatt einmal längs und einmal quer genau in der Mitte, Kante auf Kante.",
            "3. Lesen Sie auf jeder Seite ab, wo die Falze die beiden Lineale kreuzen, mit Vorzeichen.",
            "4. Tragen Sie die Zahlen bei diesem Drucker ein: waagerecht und senkrecht, Vorder- und Rückseite.",
        ),
        "x": "waagerecht (mm)",
        "y": "senkrecht (mm)",
        "check": "Gegen das Licht gehalten liegen die Kreuze beider Seiten übereinander, wenn nichts versetzt ist.",
    },
    "en": {
        "title": "Measure the printer's offset",
        "front": "Front",
        "back": "Back",
        "steps": (
            "1. Print both pages of this sheet on both sides and in original size (100 %, not “fit to page”).",
            "2. Fold the sheet exactly in half lengthwise and crosswise, edge on edge.",
            "3. On each side, read where the creases cross the two rulers, with the sign.",
            "4. Enter the numbers for this printer: horizontal and vertical, front and back.",
        ),
        "x": "horizontal (mm)",
        "y": "vertical (mm)",
        "check": "Held against the light, the crosses of both sides lie on each other if nothing is out of place.",
    },
}


def draw(size: Size, *, printer: str, language: str, drawn_at: datetime) -> bytes:
    """The PDF with a front and a back of this size in points.

    `printer` is the name that is printed on it, without what no font has.
    """
    problems = check({"printer": printer})
    printer = problems[0].kept() if problems else printer
    words = WORDS.get(language, WORDS["en"])
    paper = Paper(
        size,
        title=f"{words['title']}: {printer}",
        author=printer,
        language=language if language in WORDS else "en",
        drawn_at=drawn_at,
        is_tagged=False,
    )
    for index, side in enumerate(("front", "back")):
        if index:
            paper.next_page()
        _draw_page(paper, words, str(words[side]), printer)
    return paper.finish()


def _draw_page(paper: Paper, words: Mapping[str, str | Sequence[str]], side: str, printer: str) -> None:
    margin = 20 * MM
    paper.text(margin, 26 * MM, f"{words['title']} · {side}", HEADING)
    y = paper.paragraph(margin, 34 * MM, printer, AXIS, width=paper.width - 2 * margin)
    for step in words["steps"]:
        for line in wrap(step, paper.fonts.regular, size=TEXT.size, width=paper.width - 2 * margin):
            y = paper.lines(margin, y + 2, [line], TEXT)
    _draw_level_ruler(paper, str(words["x"]))
    _draw_upright_ruler(paper, str(words["y"]))
    for x in (margin, paper.width - margin):
        for cross_y in (paper.height * 0.36, paper.height - margin):
            _draw_cross(paper, x, cross_y)
    paper.paragraph(
        margin + 10 * MM,
        paper.height - margin + 1 * MM,
        str(words["check"]),
        NUMBER.sized(8.5),
        width=paper.width - 2 * margin - 20 * MM,
    )


def _draw_level_ruler(paper: Paper, label: str) -> None:
    """Across the upright crease, above the middle, so that the rulers do not meet."""
    middle, y = paper.width / 2, paper.height / 2 - 25 * MM
    paper.area(middle - REACH * MM, y, 2 * REACH * MM, THIN, INK)
    for step in range(-2 * REACH, 2 * REACH + 1):
        height, thickness = _tick(step)
        paper.area(middle + step / 2 * MM - thickness / 2, y - height, thickness, height, INK)
        if step % 10 == 0:
            paper.text(middle + step / 2 * MM, y - height - 4, _number(step), NUMBER, align="centre")
    paper.text(middle, y + 14, label, AXIS, align="centre")


def _draw_upright_ruler(paper: Paper, label: str) -> None:
    """Across the level crease, right of the middle."""
    x, middle = paper.width / 2 + 40 * MM, paper.height / 2
    paper.area(x, middle - REACH * MM, THIN, 2 * REACH * MM, INK)
    for step in range(-2 * REACH, 2 * REACH + 1):
        width, thickness = _tick(step)
        paper.area(x - width, middle + step / 2 * MM - thickness / 2, width, thickness, INK)
        if step % 10 == 0:
            paper.text(x - width - 4, middle + step / 2 * MM + 2.5, _number(step), NUMBER, align="right")
    paper.text(x + 8, middle + 3, label, AXIS)


def _tick(step: int) -> tuple[float, float]:
    """Length and thickness of a ruler's mark; `step` counts half millimetres."""
    if step % 10 == 0:
        return 5 * MM, THICK
    return (3 * MM, THIN) if step % 2 == 0 else (1.6 * MM, THIN)


def _number(step: int) -> str:
    return f"{step // 2:+d}" if step else "0"


def _draw_cross(paper: Paper, x: float, y: float) -> None:
    paper.area(x - 5 * MM, y - THIN / 2, 10 * MM, THIN, INK)
    paper.area(x - THIN / 2, y - 5 * MM, THIN, 10 * MM, INK)
