"""How a badge looks: its size, its sides, and what stands where. Lengths are millimetres, letters points."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.certificates.documents import categories
from services.certificates.documents.paper import MM, Size

# Nothing that is worn is larger than A4, and no printer cuts smaller.
SMALLEST_EDGE, LARGEST_EDGE = 20.0, 297.0
MOST_ELEMENTS = 60

Edge = Annotated[float, Field(ge=SMALLEST_EDGE, le=LARGEST_EDGE, allow_inf_nan=False)]
Millimetres = Annotated[float, Field(ge=0, le=LARGEST_EDGE, allow_inf_nan=False)]
Length = Annotated[float, Field(gt=0, le=LARGEST_EDGE, allow_inf_nan=False)]
Points = Annotated[float, Field(ge=5, le=120, allow_inf_nan=False)]
Source = Annotated[str, StringConstraints(max_length=500)]
ColourName = Annotated[str, StringConstraints(min_length=1, max_length=40)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,29}$")]
# PostgreSQL keeps no NUL, and no category has other control characters.
Category = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]+$")]
# One text for every language, or one for each.
Words = Source | Annotated[dict[Literal["de", "en"], Source], Field(min_length=1)]


class Side(StrEnum):
    FRONT = "front"
    BACK = "back"


class Fold(StrEnum):
    """Where a badge is folded: at its upper edge, so that the back stands on its head, or at its left one."""

    TOP = "top"
    LEFT = "left"


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class When(Part):
    """Who has this on their badge: people of one of the categories, and whose fields are all filled."""

    category: tuple[Category, ...] = Field(default=(), max_length=20)
    filled: tuple[Literal["first_name", "last_name", "organisation", "agenda", "way"], ...] = ()
    empty: tuple[Literal["first_name", "last_name", "organisation", "agenda", "way"], ...] = ()
    has_codes: bool = False
    """Only where badges carry codes: those that are drawn from a file alone have none."""


class Placed(Part):
    x: Millimetres
    y: Millimetres
    when: When = When()


class Boxed(Placed):
    """`x` and `y` are the upper left corner."""

    width: Length
    height: Length


class Letters(Part):
    """`size` is the largest; where the text does not fit it becomes smaller, at most down to `smallest`."""

    size: Points = 10
    smallest: Points | None = None
    font: Literal["Noto Sans"] = "Noto Sans"
    weight: Literal["regular", "bold"] = "regular"
    colour: ColourName = "ink"
    lines: int = Field(default=1, ge=1, le=6)
    cut: bool = False
    """What does not fit ends with "…", where it otherwise keeps the badge from being printed."""

    @property
    def floor(self) -> float:
        return min(self.size, 10.0) if self.smallest is None else min(self.smallest, self.size)


class Text(Boxed, Letters):
    """A text in a box, as large as fits."""

    kind: Literal["text"]
    text: Words
    align: Literal["left", "centre", "right"] = "left"
    valign: Literal["top", "middle", "bottom"] = "top"


class StackedText(Letters):
    """One of the texts of a stack: at most `height` high, `gap` below the one before it."""

    text: Words
    height: Length
    gap: Millimetres = 0
    when: When = When()


class Stack(Boxed):
    """Texts one below the other: where one is short or empty, the next ones move up."""

    kind: Literal["stack"]
    texts: tuple[StackedText, ...] = Field(min_length=1, max_length=10)
    align: Literal["left", "centre", "right"] = "left"
    valign: Literal["top", "middle", "bottom"] = "top"


class Rectangle(Boxed):
    kind: Literal["rectangle"]
    fill: ColourName | None = None
    line: ColourName | None = None
    thickness: float = Field(default=0.3, gt=0, le=10)
    """Of the line, in millimetres."""
    radius: Millimetres = 0
    """Of the corners."""


class Line(Placed):
    """From (`x`, `y`) to (`x2`, `y2`)."""

    kind: Literal["line"]
    x2: Millimetres
    y2: Millimetres
    colour: ColourName = "hairline"
    thickness: float = Field(default=0.25, gt=0, le=10)


class Circle(Placed):
    """`x` and `y` are the centre."""

    kind: Literal["circle"]
    radius: Length
    fill: ColourName | None = None
    line: ColourName | None = None
    thickness: float = Field(default=0.3, gt=0, le=10)


class Image(Boxed):
    """A picture of the organisation's, by its name; as large as fits, in the middle of the box."""

    kind: Literal["image"]
    image: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]


class Qr(Placed):
    """A QR code, its quiet zone inside `side`."""

    kind: Literal["qr"]
    side: Length
    content: Source = "{ticket_code}"


class Listing(Boxed):
    """The person's own agenda, or their way through the networking: as many lines as there is room for."""

    kind: Literal["list"]
    of: Literal["agenda", "way"]
    heading: Words = ""
    empty: Words = ""
    """What stands there where the list has no lines."""
    size: Points = 9
    smallest: Points = 6
    colour: ColourName = "ink"
    accent: ColourName = "accent"
    """Of the heading and the times."""
    muted: ColourName = "muted"
    """Of rooms and tables."""


Element = Annotated[
    Text | Stack | Rectangle | Line | Circle | Image | Qr | Listing, Field(discriminator="kind")
]
Elements = Annotated[tuple[Element, ...], Field(max_length=MOST_ELEMENTS)]


class Layout(Part):
    """A badge: `width` and `height` are those of one side as it is worn."""

    model_config = ConfigDict(title="Layout")

    title: Words
    width: Edge
    height: Edge
    fold: Fold | None = None
    front: Elements
    back: Elements = ()
    palette: dict[Name, ColourName] = Field(default_factory=dict, max_length=20)
    """Colours by name; a name of the house (`accent`, `ink` …) takes its place."""
    categories: dict[Category, ColourName] = Field(default_factory=dict, max_length=20)
    """The colour of each category, where it is not the house's."""
    category_names: dict[Category, Words] = Field(default_factory=dict, max_length=20)
    """What is printed for a category, where it is neither the house's word nor the organiser's."""
    texts: dict[Name, Words] = Field(default_factory=dict, max_length=30)
    """Texts that others name as `{texts.welcome}`."""

    @property
    def face(self) -> Size:
        """One side as it is worn, in points."""
        return (self.width * MM, self.height * MM)

    @property
    def size(self) -> Size:
        """What is printed as one piece, in points: of a fold-over badge both halves."""
        width, height = self.face
        return (width * (2 if self.fold is Fold.LEFT else 1), height * (2 if self.fold is Fold.TOP else 1))

    @property
    def sides(self) -> tuple[Side, ...]:
        """What is printed on paper of this size; of a fold-over badge both halves stand on its front."""
        return (Side.FRONT, Side.BACK) if self.back and self.fold is None else (Side.FRONT,)

    @property
    def lists(self) -> frozenset[str]:
        """Which of a person's lists it shows."""
        return frozenset(each.of for _, each in self.places() if isinstance(each, Listing))

    def elements(self, side: Side) -> tuple[Element, ...]:
        return self.front if side is Side.FRONT else self.back

    def places(self) -> Iterator[tuple[str, Element]]:
        """Each element with its path, as problems name it: `front.3`."""
        for side in Side:
            for number, element in enumerate(self.elements(side)):
                yield f"{side.value}.{number}", element


def name_of_category(layout: Layout, category: str, language: str) -> str:
    """The word for a category on these badges."""
    words = layout.category_names.get(category)
    return in_language(words, language) if words else categories.name_of(category, language)


def in_language(words: Words, language: str) -> str:
    """The text in this language, or in the one that there is."""
    if isinstance(words, str):
        return words
    texts: Mapping[Any, str] = words
    return texts.get(language) or next(iter(texts.values()))


def every_language(words: Words) -> Iterator[tuple[str, str]]:
    """Each text with what its path ends with."""
    if isinstance(words, str):
        yield "", words
        return
    for language, text in words.items():
        yield f".{language}", text
