"""The file around everything: its table, its strings, its copies."""

import io
import subprocess
from datetime import UTC, datetime, timedelta, timezone

import pytest
from pypdf import PdfReader

from services.certificates.badges import document as badges
from services.certificates.documents.paper import A6, MOST_KIDS, Paper
from services.certificates.documents.pdf import PdfFile, date_string, dictionary, text_string, uri_string
from tests.support.paper_facts import DRAWN_AT, a_badge, a_badge_run
from tests.support.paper_judges import damages


def a_file() -> tuple[PdfFile, int]:
    """An empty page, and the number of the catalogue."""
    file = PdfFile()
    pages = file.reserve()
    page = file.add(dictionary({"Type": "/Page", "Parent": f"{pages} 0 R", "MediaBox": "[0 0 9 9]"}))
    file.put(pages, dictionary({"Type": "/Pages", "Kids": f"[{page} 0 R]", "Count": "1"}))
    return file, file.add(dictionary({"Type": "/Catalog", "Pages": f"{pages} 0 R"}))


@pytest.mark.parametrize(
    "text",
    [
        "Ada",
        "für Łódź",
        "Prüfung – „so“ … 5 €",
        "þÿ",
        "\u00ad",
        "a\nb",
        "(a\\b)",
        "•†‡…—–ƒ⁄‹›−‰„“”‘’‚™",
        "¡ÿ×",
    ],
)
def test_a_text_is_read_as_it_was_written_however_it_is_encoded(text: str) -> None:
    file, catalogue = a_file()
    pdf = file.finish(catalogue=catalogue, facts=file.add(dictionary({"Title": text_string(text)})))
    read = PdfReader(io.BytesIO(pdf)).metadata
    assert read is not None
    assert read.title == text
    told = subprocess.run(["pdfinfo", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    assert text in told


def test_a_file_by_hand_is_read_by_others() -> None:
    file, catalogue = a_file()
    facts = file.add(dictionary({"Title": text_string("(Ein\\Titel) für Łódź\r")}))
    pdf = file.finish(catalogue=catalogue, facts=facts)
    assert damages(pdf) == ""
    assert PdfReader(io.BytesIO(pdf)).metadata["/Title"] == "(Ein\\Titel) für Łódź\r"


def test_what_was_reserved_must_be_written() -> None:
    file, catalogue = a_file()
    number = file.reserve()
    with pytest.raises(ValueError, match=f"Object {number} was reserved"):
        file.finish(catalogue=catalogue, facts=catalogue)


def test_copies_of_a_file_do_not_see_each_other() -> None:
    file, catalogue = a_file()
    file.settle()
    copies = [file.copy() for _ in range(3)]
    facts = [copy.add(text_string(text)) for copy, text in zip(copies, ("one", "two", "two"), strict=True)]
    one, two, again = (
        copy.finish(catalogue=catalogue, facts=number) for copy, number in zip(copies, facts, strict=True)
    )
    assert one != two
    assert two == again
    assert b"(one)" not in two


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("https://example.org/v/7QK2M9XW", b"(https://example.org/v/7QK2M9XW)"),
        ("https://example.org/a(b)\\", b"(https://example.org/a\\(b\\)%5C)"),
        ("https://bücher.example/ü", b"(https://b%C3%BCcher.example/%C3%BC)"),
    ],
)
def test_an_address_cannot_end_its_string(address: str, written: bytes) -> None:
    assert uri_string(address) == written


def test_a_date_is_that_of_greenwich() -> None:
    summer = datetime(2022, 6, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    assert date_string(summer) == b"(D:20220601100000Z)"
    assert summer.astimezone(UTC).hour == 10


def test_a_very_long_run_is_one_file_of_groups() -> None:
    count = MOST_KIDS + 1
    reader = PdfReader(io.BytesIO(badges.draw(a_badge_run([a_badge()] * count))))
    assert len(reader.pages) == count
    assert [len(group.get_object()["/Kids"]) for group in reader.root_object["/Pages"]["/Kids"]] == [
        MOST_KIDS,
        1,
    ]


def test_only_a_tagged_paper_is_filled_in() -> None:
    paper = Paper(A6, title="", author="", language="de", drawn_at=DRAWN_AT, is_tagged=False)
    with pytest.raises(ValueError, match="tagged"):
        paper.leave("name", 0, 0)
