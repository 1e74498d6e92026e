"""A layout made ready for one run: what all badges share is drawn once, the rest is looked up fast."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby

from services.certificates.badges.badge import Badge
from services.certificates.documents import outlines
from services.certificates.documents.content import Colour
from services.certificates.documents.event import EventFacts
from services.certificates.documents.fitting import Frame
from services.certificates.documents.fonts import Fonts
from services.certificates.documents.paper import MM, Style
from services.certificates.documents.pictures import Picture
from services.certificates.documents.problems import Problem
from services.certificates.layouts import layout as described
from services.certificates.layouts import pieces, templates
from services.certificates.layouts.canvas import Canvas
from services.certificates.layouts.colours import Colours
from services.certificates.layouts.layout import Fold, Layout, Side, Words, in_language, name_of_category
from services.certificates.layouts.listing import Listing
from services.certificates.layouts.pieces import Piece

Pictures = Mapping[str, Picture]
NO_PICTURES: Pictures = {}


class Design:
    """`pictures` are the organisation's, by name; of one that is not there the place stays empty."""

    def __init__(
        self,
        layout: Layout,
        event: EventFacts,
        language: str,
        pictures: Pictures = NO_PICTURES,
        *,
        has_codes: bool = True,
    ) -> None:
        self.layout = layout
        self._has_codes = has_codes
        self._facts = (event, language)
        self._pictures = pictures
        self._numbers: dict[str, int] = {}
        self._pieces: dict[tuple[Side, str], list[Piece]] = {}
        self._steps: dict[tuple[Side, str], list[Callable[[Canvas, Badge], None]]] = {}

    def draw(self, canvas: Canvas, badge: Badge, side: Side) -> None:
        """One side as it is printed: of a fold-over badge both halves, the back turned where it has to be."""
        if self.layout.fold is None:
            self._draw_face(canvas, badge, side)
            return
        width, height = self.layout.face
        on_top = self.layout.fold is Fold.TOP
        with canvas.placed(0 if on_top else width, height if on_top else 0, (width, height)):
            self._draw_face(canvas, badge, Side.FRONT)
        with canvas.placed(0, 0, (width, height), turned=on_top):
            self._draw_face(canvas, badge, Side.BACK)

    def _draw_face(self, canvas: Canvas, badge: Badge, side: Side) -> None:
        for step in self._steps_of(side, badge.category):
            step(canvas, badge)

    def draw_face(self, canvas: Canvas, badge: Badge, side: Side) -> None:
        """One side as it is worn."""
        self._draw_face(canvas, badge, side)

    def problems(self, badge: Badge, fonts: Fonts) -> list[Problem]:
        """What does not fit on this badge."""
        each = (piece for side in Side for piece in self._pieces_of(side, badge.category))
        return list(dict.fromkeys(problem for piece in each for problem in piece.problems(badge, fonts)))

    def shortened(self, badge: Badge, fonts: Fonts) -> list[Problem]:
        """What stands on this badge, but not as a whole."""
        each = (piece for side in Side for piece in self._pieces_of(side, badge.category))
        return list(dict.fromkeys(problem for piece in each for problem in piece.shortened(badge, fonts)))

    def _steps_of(self, side: Side, category: str) -> Sequence[Callable[[Canvas, Badge], None]]:
        if (side, category) not in self._steps:
            self._steps[side, category] = list(self._compiled(side, category))
        return self._steps[side, category]

    def _compiled(self, side: Side, category: str) -> Iterator[Callable[[Canvas, Badge], None]]:
        number = self._numbers.setdefault(category, len(self._numbers))
        runs = groupby(self._pieces_of(side, category), key=lambda piece: piece.is_personal)
        for place, (is_personal, neighbours) in enumerate(runs):
            if is_personal:
                yield from (piece.draw for piece in neighbours)
            else:
                yield _Stamp(f"L{side.value[0]}{number}x{place}", list(neighbours))

    def _pieces_of(self, side: Side, category: str) -> Sequence[Piece]:
        if (side, category) not in self._pieces:
            maker = _Maker(self.layout, *self._facts, category, self._pictures, self._has_codes)
            self._pieces[side, category] = list(maker.of(side))
        return self._pieces[side, category]


class _Stamp:
    def __init__(self, name: str, parts: Sequence[Piece]) -> None:
        self._name = name
        self._parts = parts

    def __call__(self, canvas: Canvas, badge: Badge) -> None:
        canvas.stamp(self._name, partial(self._draw, canvas, badge))

    def _draw(self, canvas: Canvas, badge: Badge) -> None:
        for piece in self._parts:
            piece.draw(canvas, badge)


class _Maker:
    """Makes the pieces of a layout for people of one category."""

    def __init__(
        self,
        layout: Layout,
        event: EventFacts,
        language: str,
        category: str,
        pictures: Pictures,
        has_codes: bool,
    ) -> None:
        self._layout = layout
        self._has_codes = has_codes
        self._event, self._language, self._category = event, language, category
        self._pictures = pictures
        self._category_name = name_of_category(layout, category, language)
        self._colours = Colours(layout.palette, layout.categories, category)
        self._own = {name: in_language(words, language) for name, words in layout.texts.items()}

    def of(self, side: Side) -> Iterator[Piece]:
        for number, element in enumerate(self._layout.elements(side)):
            if not self._has(element.when):
                continue
            piece = self._piece(element, f"{side.value}.{number}")
            if piece is not None:
                personal = pieces.is_personal(element.when)
                yield pieces.Conditional(element.when, piece) if personal else piece

    def _has(self, when: described.When) -> bool:
        is_theirs = not when.category or self._category in when.category
        return is_theirs and (self._has_codes or not when.has_codes)

    def _piece(self, element: described.Element, path: str) -> Piece | None:
        match element:
            case described.Text():
                return self._text(element, path)
            case described.Stack():
                return self._stack(element, path)
            case described.Qr():
                content = self._filled(element.content)
                return pieces.Qr(element.x * MM, element.y * MM, element.side * MM, content)
            case described.Image():
                return self._picture(element)
            case described.Listing():
                return self._listing(element)
            case _:
                return self._shape(element)

    def _text(self, element: described.Text, path: str) -> Piece:
        text = self._framed(element, element.text, element.width, element.height, path)
        x, y, width, height = _box(element)
        x += {"left": 0.0, "centre": width / 2, "right": width}[element.align]
        return pieces.Text(x, y, width, height, element.align, element.valign, text)

    def _stack(self, element: described.Stack, path: str) -> Piece:
        x, y, width, height = _box(element)
        x += {"left": 0.0, "centre": width / 2, "right": width}[element.align]
        texts = tuple(
            pieces.StackedText(
                each.gap * MM,
                each.when,
                self._framed(each, each.text, element.width, each.height, f"{path}.texts.{number}"),
            )
            for number, each in enumerate(element.texts)
            if self._has(each.when)
        )
        return pieces.Stack(x, y, height, element.align, element.valign, texts)

    def _framed(
        self, letters: described.Letters, words: Words, width: float, height: float, path: str
    ) -> pieces.FramedText:
        return pieces.FramedText(
            content=self._filled(in_language(words, self._language)),
            frame=Frame(width * MM, letters.size, letters.floor, height * MM, pieces.LEADING, letters.lines),
            style=Style(letters.size, letters.weight, self._colours.of(letters.colour), pieces.LEADING),
            cut=letters.cut,
            path=path,
        )

    def _listing(self, element: described.Listing) -> Piece:
        x, y, width, height = _box(element)
        nobody = Badge("", "", "", self._category, "", "")
        return Listing(
            x,
            y,
            width,
            height,
            element.of,
            self._filled(in_language(element.heading, self._language)).of(nobody),
            self._filled(in_language(element.empty, self._language)).of(nobody),
            element.size,
            min(element.smallest, element.size),
            self._colours.of(element.colour),
            self._colours.of(element.accent),
            self._colours.of(element.muted),
            self._language,
        )

    def _picture(self, element: described.Image) -> Piece | None:
        picture = self._pictures.get(element.image)
        return pieces.PictureInBox(*_box(element), picture) if picture else None

    def _shape(self, element: described.Rectangle | described.Line | described.Circle) -> Piece:
        if isinstance(element, described.Line):
            outline = outlines.line(element.x * MM, element.y * MM, element.x2 * MM, element.y2 * MM)
            return pieces.Shape(outline, None, self._colours.of(element.colour), element.thickness * MM)
        if isinstance(element, described.Circle):
            outline = outlines.circle(element.x * MM, element.y * MM, element.radius * MM)
        else:
            outline = outlines.rectangle(*_box(element), element.radius * MM)
        fill, line = self._paint(element.fill), self._paint(element.line)
        return pieces.Shape(outline, fill, line, element.thickness * MM)

    def _paint(self, name: str | None) -> Colour | None:
        return self._colours.of(name) if name else None

    def _filled(self, source: str) -> templates.Filled:
        template = templates.expand(source, self._own)
        return templates.fill(template, self._event, self._category_name, self._language)


def _box(element: described.Boxed) -> tuple[float, float, float, float]:
    return element.x * MM, element.y * MM, element.width * MM, element.height * MM
