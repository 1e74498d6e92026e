"""Papers of ours joined to one: the pages of each in turn, what they share written once.

For long runs that are drawn in parts. It reads only what `pdf.py` writes: each object stands at its place in a
plain table, references are `N 0 R` outside of streams, and pages inherit from the root of their own tree.
"""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from services.certificates.documents.pdf import PdfFile, dictionary, reference, references

# A title may read “Room 12 0 R”: strings are passed over.
REFERENCE = re.compile(rb"(\((?:\\.|[^\\()])*\))|\b(\d+) 0 R\b", re.DOTALL)
STREAM = b">>\nstream\n"

Copy = Callable[[int], int]


class _Part:
    """One paper: its objects by their numbers, and where its catalogue and information are."""

    def __init__(self, pdf: bytes) -> None:
        table, trailer = re.findall(rb"startxref\n(\d+)", pdf)[-1], pdf[pdf.rindex(b"trailer") :]
        places = [int(place) for place in re.findall(rb"(\d{10}) 00000 n", pdf[int(table) :])]
        ends = dict(pairwise([*sorted(places), int(table)]))
        self.bodies = [_body(pdf[place : ends[place]]) for place in places]
        self.root, self.facts = (_number(trailer, key) for key in (b"Root", b"Info"))

    def body(self, number: int) -> bytes:
        return self.bodies[number - 1]

    @property
    def page_tree(self) -> int:
        return _number(self.body(self.root), b"Pages")

    @property
    def count(self) -> int:
        """How many pages it has."""
        found = re.search(rb"/Count (\d+)", self.body(self.page_tree))
        return int(found.group(1)) if found else 0


def join(pdfs: Sequence[bytes]) -> bytes:
    """One file with the pages of all, which are untagged papers of this engine; title and date are the first's.

    The same parts give the same bytes. One part is given back as it is.
    """
    if len(pdfs) == 1:
        return pdfs[0]
    parts = [_Part(pdf) for pdf in pdfs]
    file = PdfFile()
    tree = file.reserve()
    shared: dict[bytes, int] = {}
    copiers = [_Copier(file, part, shared, tree) for part in parts]
    roots = [copier.copy_pages() for copier in copiers]
    count = sum(part.count for part in parts)
    file.put(tree, dictionary({"Type": "/Pages", "Count": str(count), "Kids": references(roots)}))
    catalogue = copiers[0].copy(parts[0].root)
    facts = copiers[0].copy(parts[0].facts)
    return file.finish(catalogue=catalogue, facts=facts)


class _Copier:
    """Copies objects of one part under new numbers; what another part has just so is not written again."""

    def __init__(self, file: PdfFile, part: _Part, shared: dict[bytes, int], tree: int) -> None:
        self.file, self.part, self.shared = file, part, shared
        # The part's tree of pages becomes a branch; only its pages and the catalogue name it.
        self.numbers = {part.page_tree: tree}

    def copy_pages(self) -> int:
        """The number of the branch with all pages of the part."""
        branch = self.file.reserve()
        tree = self.numbers[self.part.page_tree]
        self.numbers[self.part.page_tree] = branch
        body = self._translated(self.part.body(self.part.page_tree), self._copy_node)
        self.file.put(branch, body.replace(b"/Type /Pages", b"/Type /Pages/Parent %d 0 R" % tree, 1))
        self.numbers[self.part.page_tree] = tree
        return branch

    def copy(self, number: int) -> int:
        """The new number of an object, which is written with all that it names."""
        if number not in self.numbers:
            body = self._translated(self.part.body(number), self.copy)
            if body not in self.shared:
                self.shared[body] = self.file.add(body)
            self.numbers[number] = self.shared[body]
        return self.numbers[number]

    def _copy_node(self, number: int) -> int:
        """Likewise for groups of pages and pages, which name each other in both directions."""
        if number in self.numbers:
            return self.numbers[number]
        body = self.part.body(number)
        if not re.match(rb"<</Type\s*/Pages?\b", body):
            return self.copy(number)
        self.numbers[number] = self.file.reserve()
        return self.file.put(self.numbers[number], self._translated(body, self._copy_node))

    def _translated(self, body: bytes, copy: Copy) -> bytes:
        head, stream, content = body.partition(STREAM)
        return REFERENCE.sub(lambda found: _renamed(found, copy), head) + stream + content


def _renamed(found: re.Match[bytes], copy: Copy) -> bytes:
    string, number = found.groups()
    return string if string is not None else reference(copy(int(number)))


def _body(written: bytes) -> bytes:
    begin = written.index(b" obj\n") + len(b" obj\n")
    return written[begin : written.rindex(b"\nendobj")]


def _number(entries: bytes, key: bytes) -> int:
    found = re.search(rb"/%b (\d+) 0 R" % key, entries)
    if found is None:
        raise ValueError(f"This is no paper of ours: it has no {key.decode()}.")
    return int(found.group(1))
