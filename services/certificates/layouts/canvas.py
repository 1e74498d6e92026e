"""What a layout is drawn upon: paper, or a picture of it for the screen."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Protocol

from services.certificates.documents.content import Colour
from services.certificates.documents.fonts import Fonts
from services.certificates.documents.outlines import Outline
from services.certificates.documents.paper import Align, Size, Style
from services.certificates.documents.pictures import Picture
from services.certificates.documents.qr import QrCode
from services.certificates.documents.shaping import ShapedText


class Canvas(Protocol):
    """Lengths are points, `y` is measured from the upper edge, as `Paper` has it."""

    fonts: Fonts

    def lines(
        self, x: float, y: float, lines: Iterable[ShapedText], style: Style, *, align: Align = "left"
    ) -> float: ...

    def outline(
        self,
        outline: Outline,
        *,
        fill: Colour | None = None,
        line: Colour | None = None,
        thickness: float = 0.5,
    ) -> None: ...

    def picture(self, x: float, y: float, width: float, height: float, picture: Picture) -> None: ...

    def qr(self, x: float, y: float, side: float, code: QrCode) -> None: ...

    def stamp(self, name: str, draw: Callable[[], None]) -> None: ...

    def placed(
        self, x: float, y: float, size: Size, *, turned: bool = False
    ) -> AbstractContextManager[None]: ...
