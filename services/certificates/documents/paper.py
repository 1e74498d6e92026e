"""A document being drawn: text in any script, house colours, repeatable bytes, ready for the archive and screen readers."""

import copy
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from services.certificates.documents import archive, signature
from services.certificates.documents.content import Colour, Content, n
from services.certificates.documents.fitting import SMALLEST, fit_or_cut, wrap
from services.certificates.documents.fonts import Fonts, Weight, load_fonts
from services.certificates.documents.outlines import Outline
from services.certificates.documents.pdf import (
    PdfFile,
    Value,
    dictionary,
    quick_stream,
    reference,
    references,
    stream,
    text_string,
    uri_string,
)
from services.certificates.documents.pictures import Picture
from services.certificates.documents.placing import WHOLE_PAGE, placement
from services.certificates.documents.qr import QrCode
from services.certificates.documents.shaping import ShapedText, shape, width_of
from services.certificates.documents.structure import Element, StructureTree, alternative
from services.certificates.documents.typefaces import Typefaces

Size = tuple[float, float]
Align = Literal["left", "right", "centre"]

MM = 72 / 25.4
A4: Size = (210 * MM, 297 * MM)
A4_LANDSCAPE: Size = (297 * MM, 210 * MM)
A6: Size = (105 * MM, 148 * MM)


def colour(code: str) -> Colour:
    """A colour as PDF wants it, from the `#0B4F6C` of the web."""
    red, green, blue = (int(code[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return (round(red, 3), round(green, 3), round(blue, 3))


INK = colour("#16202E")
MUTED = colour("#525E6E")
HAIRLINE = colour("#BFC7D1")
TINT = colour("#F1F4F7")
ACCENT = colour("#0B4F6C")
WHITE = colour("#FFFFFF")
UNMARKED = nullcontext()
# An array of PDF/A-1 has at most 8,191 entries (ISO 19005-1, 6.1.12).
MOST_KIDS = 1000
# Which part of a line stands to the left of the place that it is aligned to.
LEFT_OF: dict[Align, float] = {"left": 0, "centre": 0.5, "right": 1}
# A scanner wants all the contrast that there is.
BLACK = colour("#000000")


@dataclass(frozen=True, slots=True)
class Style:
    """How a text looks. `size` is in points, `leading` the distance of two baselines as a factor of it."""

    size: float
    weight: Weight = "regular"
    colour: Colour = INK
    leading: float = 1.4

    def sized(self, size: float) -> "Style":
        return self if size == self.size else Style(size, self.weight, self.colour, self.leading)

    def coloured(self, paint: Colour) -> "Style":
        return Style(self.size, self.weight, paint, self.leading)

    @property
    def line_height(self) -> float:
        return self.size * self.leading


@dataclass(frozen=True, slots=True)
class Gap:
    """Room that a preprinted paper leaves: each copy is filled in there."""

    x: float
    y: float
    page: int
    element: Element


@dataclass(slots=True, eq=False)
class Page:
    """`number` is that of its object, `overlay` that of the content that a copy adds, `pictures` those upon it."""

    number: int
    content: Content
    annotations: list[int] = field(default_factory=list)
    overlay: int = 0
    pictures: set[str] = field(default_factory=set)


class Paper:
    """One PDF. All lengths are points; `y` is measured from the top edge of the page, for text to its baseline.

    The same calls give the same bytes: the only date inside is `drawn_at`. A tagged paper says of each text what
    it is (`role`, by default a paragraph), and is PDF/A-1a and PDF/UA-1; otherwise it is PDF/A-1b.
    """

    def __init__(
        self,
        size: Size,
        *,
        title: str,
        author: str,
        language: str,
        drawn_at: datetime,
        fonts: Fonts | None = None,
        is_tagged: bool = True,
    ) -> None:
        self.width, self.height = size
        self.fonts = fonts or load_fonts()
        self._facts = archive.Facts(title, author, language, is_tagged)
        self._drawn_at = drawn_at
        self._file = PdfFile()
        self._catalogue, self._page_tree, self._resources, self._fonts, self._metadata = (
            self._file.reserve() for _ in range(5)
        )
        self._tree = StructureTree(self._file) if is_tagged else None
        self._typefaces = Typefaces(self.fonts, is_small=is_tagged)
        self._forms: dict[str, int] = {}
        self._pictures: dict[str, int] = {}
        self._gaps: dict[str, Gap] = {}
        self._room: signature.Room | None = None
        self._field = self._signature = 0
        self._element: Element | None = None
        self._is_artifact = False
        self._placement = WHOLE_PAGE
        self._pages: list[Page] = []
        self.next_page()

    @property
    def page_count(self) -> int:
        return len(self._pages)

    # --- what stands on a page ---

    def text(
        self, x: float, y: float, text: str, style: Style, *, align: Align = "left", role: str = "P"
    ) -> None:
        """One line. Raises MissingGlyphs and ForbiddenCharacters instead of printing a box or a trap."""
        with self.tagged(role):
            self._line(x, y, shape(text, self.fonts.of(style.weight)), style, align)

    def lines(
        self,
        x: float,
        y: float,
        lines: Iterable[ShapedText],
        style: Style,
        *,
        align: Align = "left",
        role: str = "P",
    ) -> float:
        """Several lines, the first on the baseline `y`. Returns the baseline that would come next."""
        with self.tagged(role):
            for line in lines:
                self._line(x, y, line, style, align)
                y += style.line_height
        return y

    def paragraph(
        self, x: float, y: float, text: str, style: Style, *, width: float, role: str = "P"
    ) -> float:
        """A text wrapped to this width, its first baseline at `y`. Returns the baseline that would come next."""
        wrapped = wrap(text, self.fonts.of(style.weight), size=style.size, width=width)
        return self.lines(x, y, wrapped, style, role=role)

    def title(self, x: float, y: float, text: str, style: Style, *, width: float) -> float:
        """The main heading on up to three balanced lines, smaller where it has to be; otherwise like a paragraph."""
        stack = self.fonts.of(style.weight)
        fitted = fit_or_cut(text, stack, width=width, largest=style.size, smallest=SMALLEST, max_lines=3)
        return self.lines(x, y, fitted.lines, style.sized(fitted.size), role="H1")

    def width_of(self, text: str, style: Style) -> float:
        return width_of(text, self.fonts.of(style.weight)) * style.size / 1000

    def area(self, x: float, y: float, width: float, height: float, paint: Colour) -> None:
        """A filled rectangle; `y` is its upper edge."""
        with self.artifact():
            self._page.content.rectangle(x, self.height - y - height, width, height, paint)

    def rule(
        self, x: float, y: float, length: float, *, thickness: float = 0.5, paint: Colour = HAIRLINE
    ) -> None:
        """A horizontal line, hanging from `y`."""
        self.area(x, y, length, thickness, paint)

    def outline(
        self,
        outline: Outline,
        *,
        fill: Colour | None = None,
        line: Colour | None = None,
        thickness: float = 0.5,
    ) -> None:
        """A shape, filled, drawn as a line, or both."""
        if fill or line:
            with self.artifact():
                self._page.content.outline(outline, self.height, fill, line, thickness)

    def picture(self, x: float, y: float, width: float, height: float, picture: Picture) -> None:
        """A picture in a rectangle of its shape, as decoration; `y` is the rectangle's upper edge."""
        with self.artifact():
            name = f"P{picture.digest}"
            if name not in self._pictures:
                self._pictures[name] = self._file.add(picture.body())
            self._page.pictures.add(name)
            self._page.content.picture(x, self.height - y - height, width, height, name)

    def qr(self, x: float, y: float, side: float, code: QrCode, *, alt: str = "") -> None:
        """A QR code in a square of this side, its quiet zone inside; `x` and `y` are the upper left corner.

        `alt` says to somebody who does not see it what it is for.
        """
        quiet = code.quiet_zone_of(side)
        edge = side - 2 * quiet
        # Filled in, it has been described already.
        described = self._tree and not self._element
        with self.tagged("Figure", self.figure(x, y, side, side, alt) if described else b""):
            self._page.content.qr(x + quiet, self.height - y - quiet - edge, edge, code, BLACK)

    def figure(self, x: float, y: float, width: float, height: float, alt: str) -> bytes:
        """The attributes of a figure in this place; `y` is its upper edge."""
        box = self._box(x, y, width, height)
        return b"%b/A<</O/Layout/Placement/Block/BBox[%b]>>" % (alternative(alt), box)

    def link(self, x: float, y: float, width: float, height: float, address: str) -> None:
        """Opens a web address at a click on this rectangle, `y` being its upper edge; on tagged paper inside
        `tagged("Link")`.
        """
        # Flag 4 (print) is what PDF/A asks of each annotation.
        self._file.put(
            self._link_number(),
            b"<</Type/Annot/Subtype/Link/F 4/Border[0 0 0]/Rect[%b]/Contents%b%b/A<</S/URI/URI%b>>>>"
            % (self._box(x, y, width, height), text_string(address), self._link_key(), uri_string(address)),
        )

    # --- papers on a paper: cells of a sheet, halves of a badge that is folded ---

    @contextmanager
    def placed(
        self, x: float, y: float, size: Size, *, turned: bool = False, sideways: bool = False
    ) -> Iterator[None]:
        """What is drawn meanwhile stands in an area of this size, as if that were the page.

        `x` and `y` are the upper left corner of what the area covers. `turned` sets it on its head, `sideways`
        turns it clockwise by a quarter, so that it covers its height × its width. What lies beyond its edges is
        not cut off. Nothing is left open inside (`leave`), and no page ends there.
        """
        width, height = size
        covered = width if sideways else height
        quarters = 2 * turned + sideways
        inner = placement(x, self.height - y - covered, width, height, quarters)
        before = self.width, self.height, self._placement
        content = self._page.content
        self.width, self.height, self._placement = width, height, self._placement.of(inner)
        with content.moved(inner):
            yield
        self.width, self.height, self._placement = before

    def leave_room(
        self, x: float, y: float, width: float, height: float, room: signature.Room, description: str
    ) -> None:
        """A field for an electronic signature on tagged paper; `y` is its upper edge. Who signs fills it in."""
        if self._tree is None:
            raise ValueError("Only a tagged paper is signed.")
        self._room, self._signature = room, self._file.reserve()
        self._field = self._annotation()
        element = self._tree.field(self._page.number, self._field, alternative(description))
        key = b"/StructParent %d" % self._tree.key_of(element)
        bottom = self.height - y - height
        rectangle = " ".join(map(n, (x, bottom, x + width, bottom + height))).encode()
        nothing = f"/Type/XObject/Subtype/Form/BBox[0 0 {n(width)} {n(height)}]".encode()
        appearance = self._file.add(stream(b"", nothing))
        field = signature.widget(rectangle, self._page.number, key, self._signature, appearance, description)
        self._file.put(self._field, field)

    # --- what it is for those who do not see it ---

    def group(self, role: str, attributes: bytes = b"") -> AbstractContextManager[None]:
        """What is drawn meanwhile belongs together: a table, a row, a list."""
        if self._tree is None or self._is_artifact:
            return UNMARKED
        return self._tree.group(role, attributes)

    def tagged(self, role: str, attributes: bytes = b"") -> AbstractContextManager[None]:
        """What is drawn meanwhile is one element: a paragraph, a cell. Inside another one it is part of that."""
        if self._tree is None or self._element or self._is_artifact:
            return UNMARKED
        return self._marked(self._tree.mark(role, self._page.number, attributes))

    def artifact(self) -> AbstractContextManager[None]:
        """What is drawn meanwhile is decoration, or repeats what was said."""
        if self._tree is None or self._element or self._is_artifact:
            return UNMARKED
        return self._unread()

    # --- pages, and papers of which many copies are drawn ---

    def next_page(self) -> None:
        if self._placement != WHOLE_PAGE:
            raise ValueError("No page ends inside an area that is placed.")
        self._page = Page(self._file.reserve(), Content(self._typefaces))
        self._pages.append(self._page)
        if self._tree:
            self._tree.next_page()

    def stamp(self, name: str, draw: Callable[[], None]) -> None:
        """What all pages share is drawn once, as a form of this name, and shown on each page that calls this.

        Placed areas of one size may share it too.
        """
        if name not in self._forms:
            self._forms[name] = self._form(draw)
        self._page.content.add(f"/{name} Do")

    def leave(self, name: str, x: float, y: float, *, role: str = "P", attributes: bytes = b"") -> None:
        """Leaves room in which each copy is filled in, and a place in the order of reading."""
        if self._tree is None:
            raise ValueError("Only a tagged paper is filled in.")
        if self._placement != WHOLE_PAGE:
            raise ValueError("Only a page is filled in, no area that is placed on it.")
        element = self._tree.mark(role, self._page.number, attributes)
        if role == "Link":
            self._tree.annotate(element, self._annotation())
        self._gaps[name] = Gap(x, y, len(self._pages) - 1, element)

    def preprint(self) -> "Paper":
        """Ends the drawing of what all copies have in common; `copy` gives a paper to fill in."""
        for page in self._pages:
            page.overlay = self._file.reserve()
        self._write_pages()
        self._typefaces.write(self._file)
        self._file.settle()
        return self

    def copy(self, drawn_at: datetime) -> "Paper":
        """A copy of this preprinted paper, to be filled in and finished."""
        other = copy.copy(self)
        other._drawn_at = drawn_at
        other._file = self._file.copy()
        other._typefaces = self._typefaces.copy()
        other._pages = [
            Page(page.number, Content(other._typefaces), overlay=page.overlay) for page in self._pages
        ]
        return other

    @contextmanager
    def filling(self, name: str) -> Iterator[Gap]:
        """What is drawn meanwhile is filled in there."""
        gap = self._gaps[name]
        self._page = self._pages[gap.page]
        with self._marked(gap.element):
            yield gap

    def finish(self) -> bytes:
        """The whole file."""
        if self._page.overlay:
            for page in self._pages:
                self._file.put(page.overlay, quick_stream(page.content.joined()))
        else:
            self._write_pages()
        self._typefaces.write(self._file)
        self._file.put(self._fonts, self._typefaces.resources())
        self._file.put(self._resources, self._resource_dictionary())
        self._file.put(self._metadata, archive.xmp(self._facts, self._drawn_at))
        if self._room:
            gap = signature.with_gap(self._room, self._drawn_at, self._catalogue)
            self._file.put(self._signature, gap)
        facts = archive.write_facts(self._file, self._facts, self._drawn_at)
        return self._file.finish(catalogue=self._catalogue, facts=facts)

    # --- parts of the above ---

    @contextmanager
    def _marked(self, element: Element) -> Iterator[None]:
        content = self._page.content
        content.add(f"/{element.role}<</MCID {element.mark}>>BDC")
        self._element = element
        yield
        self._element = None
        content.add("EMC")

    @contextmanager
    def _unread(self) -> Iterator[None]:
        self._is_artifact = True
        self._page.content.add("/Artifact BMC")
        yield
        self._page.content.add("EMC")
        self._is_artifact = False

    def _line(self, x: float, y: float, line: ShapedText, style: Style, align: Align) -> None:
        width = line.width * style.size / 1000
        left = x - width * LEFT_OF[align]
        self._page.content.line(left, self.height - y, line, style.size, style.colour)

    def _box(self, x: float, y: float, width: float, height: float) -> bytes:
        """A rectangle of the page, as its dictionaries name it; `y` is its upper edge."""
        bottom = self.height - y - height
        box = self._placement.box(x, bottom, x + width, bottom + height)
        return " ".join(map(n, box)).encode()

    def _annotation(self) -> int:
        """The number of a new annotation of this page."""
        self._page.annotations.append(self._file.reserve())
        return self._page.annotations[-1]

    def _link_number(self) -> int:
        """The link of the element that is being drawn; one that is filled in has had its number from the start."""
        if self._element is None:
            return self._annotation()
        if self._tree and not self._element.annotation:
            self._tree.annotate(self._element, self._annotation())
        return self._element.annotation

    def _link_key(self) -> bytes:
        return b"/StructParent %d" % self._tree.key_of(self._element) if self._tree and self._element else b""

    def _form(self, draw: Callable[[], None]) -> int:
        """The form XObject with what this draws."""
        page, self._page = self._page, Page(0, Content(self._typefaces))
        draw()
        form, self._page = self._page, page
        box = f"/Type/XObject/Subtype/Form/BBox[0 0 {n(self.width)} {n(self.height)}]"
        # A form names its pictures alone: the page's list of forms would have it name itself.
        pictures = dictionary({name: reference(self._pictures[name]) for name in sorted(form.pictures)})
        shown = b"/XObject" + pictures if form.pictures else b""
        resources = b"/Resources<</Font %b%b>>" % (reference(self._fonts), shown)
        return self._file.add(stream(form.content.joined(), box.encode() + resources))

    def _write_pages(self) -> None:
        """All that the pages are but their resources, their structure and what says that it is all."""
        groups = (self._pages[start : start + MOST_KIDS] for start in range(0, len(self._pages), MOST_KIDS))
        root: dict[str, Value] = {
            "Type": "/Pages",
            "Count": str(len(self._pages)),
            "Kids": references([self._write_group(group) for group in groups]),
            # Pages inherit both.
            "MediaBox": f"[0 0 {n(self.width)} {n(self.height)}]",
            "Resources": reference(self._resources),
        }
        self._file.put(self._page_tree, dictionary(root))
        if self._tree:
            self._tree.write()
        self._write_catalogue()

    def _write_group(self, pages: Sequence[Page]) -> int:
        group = self._file.reserve()
        for page in pages:
            self._write_page(page, group)
        kids = references(page.number for page in pages)
        parent = reference(self._page_tree)
        entries: dict[str, Value] = {
            "Type": "/Pages",
            "Parent": parent,
            "Count": str(len(pages)),
            "Kids": kids,
        }
        return self._file.put(group, dictionary(entries))

    def _write_page(self, page: Page, group: int) -> None:
        # What many copies share is worth the time.
        pack = stream if page.overlay else quick_stream
        content = self._file.add(pack(page.content.joined()))
        contents = references([content, page.overlay]) if page.overlay else reference(content)
        annotations = b"/Annots%b" % references(page.annotations) if page.annotations else b""
        # Those who go from link to link do so in the order of the structure.
        tags = b"/StructParents %d/Tabs/S" % self._pages.index(page) if self._tree else b""
        self._file.put(
            page.number,
            b"<</Type/Page/Parent %d 0 R/Contents %b%b%b>>" % (group, contents, annotations, tags),
        )

    def _resource_dictionary(self) -> bytes:
        shown = {**self._forms, **self._pictures}
        forms = dictionary({name: reference(number) for name, number in shown.items()})
        return dictionary({"Font": reference(self._fonts), "XObject": forms})

    def _write_catalogue(self) -> None:
        entries: dict[str, Value] = {
            "Type": "/Catalog",
            "Pages": reference(self._page_tree),
            "Lang": text_string(self._facts.language),
            "Metadata": reference(self._metadata),
            "OutputIntents": references([archive.write_output_intent(self._file)]),
            "ViewerPreferences": "<</DisplayDocTitle true>>",
        }
        if self._tree:
            entries |= {"MarkInfo": "<</Marked true>>", "StructTreeRoot": reference(self._tree.number)}
        if self._room:
            entries |= {
                # Nothing may be changed, and readers of PDFs only append.
                "AcroForm": b"<</Fields%b/SigFlags 3>>" % references([self._field]),
                "Perms": b"<</DocMDP %b>>" % reference(self._signature),
            }
        self._file.put(self._catalogue, dictionary(entries))
