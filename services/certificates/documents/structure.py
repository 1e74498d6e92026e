"""The structure of a tagged PDF (ISO 32000-1, 14.7): what is a heading, a paragraph, a cell of a table, and in which order.

Screen readers, reflow and copying follow it; PDF/A-1a and PDF/UA ask for it.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from services.certificates.documents.pdf import PdfFile, dictionary, reference, references, text_string

# In the parent tree pages have the keys from 0 on, annotations those from here on: no paper has as many pages.
ANNOTATION_KEYS = 100_000
# The key of attributes that are an object of their own (14.7.5); an alternative text is none.
ATTRIBUTES = b"/A"
# From so many on naming an object is shorter than saying it.
MANY = 4
# Attributes of header cells (14.8.5.7): what they are the head of.
HEAD_OF_COLUMN = b"/A<</O/Table/Scope/Column>>"
HEAD_OF_ROW = b"/A<</O/Table/Scope/Row>>"


def head_of_columns(count: int) -> bytes:
    """A cell over so many columns."""
    return b"/A<</O/Table/Scope/Column/ColSpan %d>>" % count


def alternative(text: str) -> bytes:
    """What is said of a figure to somebody who does not see it."""
    return b"/Alt" + text_string(text)


@dataclass(slots=True)
class Element:
    """A node: either a group of others, or marked content on one page, perhaps with its annotation."""

    role: str
    number: int
    parent: int
    attributes: bytes = b""
    kids: list[int] = field(default_factory=list)
    page: int = 0
    mark: int = -1
    annotation: int = 0


class StructureTree:
    """Elements in the order in which they are read; marks are counted anew on each page."""

    def __init__(self, file: PdfFile) -> None:
        self.number = file.reserve()
        self._file = file
        self._elements: list[Element] = []
        self._open = [self._begin("Document", b"")]
        self._marked: list[list[int]] = []
        self._annotated: list[int] = []

    @contextmanager
    def group(self, role: str, attributes: bytes = b"") -> Iterator[None]:
        """All elements that begin meanwhile are inside this one."""
        self._open.append(self._begin(role, attributes))
        yield
        self._open.pop()

    def next_page(self) -> None:
        self._marked.append([])

    def mark(self, role: str, page: int, attributes: bytes = b"") -> Element:
        """A new element for marked content on the last page."""
        element = self._begin(role, attributes)
        element.page, element.mark = page, len(self._marked[-1])
        self._marked[-1].append(element.number)
        return element

    def field(self, page: int, annotation: int, alt: bytes) -> Element:
        """An element that is nothing but a form field."""
        element = self._begin("Form", alt)
        element.page, element.annotation = page, annotation
        self._annotated.append(element.number)
        return element

    def annotate(self, element: Element, annotation: int) -> None:
        element.annotation = annotation
        self._annotated.append(element.number)

    def key_of(self, element: Element) -> int:
        """The key of the element's annotation in the parent tree; those of the pages come first."""
        return ANNOTATION_KEYS + self._annotated.index(element.number)

    def write(self) -> None:
        shared = self._shared_attributes()
        for element in self._elements:
            attributes = shared.get(element.attributes, element.attributes)
            self._file.put(element.number, _written(element, attributes))
        begin = self._elements[0]
        nums = [b"%d %b" % (key, references(marked)) for key, marked in enumerate(self._marked)]
        nums += [
            b"%d %b" % (ANNOTATION_KEYS + place, reference(number))
            for place, number in enumerate(self._annotated)
        ]
        self._file.put(
            self.number,
            dictionary(
                {
                    "Type": "/StructTreeRoot",
                    "K": references([begin.number]),
                    "ParentTree": b"<</Nums[%b]>>" % b" ".join(nums),
                    "ParentTreeNextKey": str(ANNOTATION_KEYS + len(self._annotated)),
                }
            ),
        )

    def _shared_attributes(self) -> dict[bytes, bytes]:
        """What many elements say of themselves, as cells that head a row do, is an object that they name."""
        counts = Counter(
            each.attributes for each in self._elements if each.attributes.startswith(ATTRIBUTES + b"<<")
        )
        return {
            attributes: ATTRIBUTES + b" " + reference(self._file.add(attributes.removeprefix(ATTRIBUTES)))
            for attributes, count in counts.items()
            if count >= MANY
        }

    def _begin(self, role: str, attributes: bytes) -> Element:
        parent = self._open[-1] if self._elements else None
        element = Element(role, self._file.reserve(), parent.number if parent else self.number, attributes)
        if parent:
            parent.kids.append(element.number)
        self._elements.append(element)
        return element


def _written(element: Element, attributes: bytes) -> bytes:
    if element.mark < 0 and element.annotation:
        kids = b"/Pg %d 0 R/K<</Type/OBJR/Obj %d 0 R>>" % (element.page, element.annotation)
    elif element.mark < 0:
        kids = b"/K%b" % references(element.kids)
    elif element.annotation:
        annotation = b"<</Type/OBJR/Obj %d 0 R>>" % element.annotation
        kids = b"/Pg %d 0 R/K[%d %b]" % (element.page, element.mark, annotation)
    else:
        kids = b"/Pg %d 0 R/K %d" % (element.page, element.mark)
    return b"<</S/%b/P %d 0 R%b%b>>" % (element.role.encode(), element.parent, attributes, kids)
