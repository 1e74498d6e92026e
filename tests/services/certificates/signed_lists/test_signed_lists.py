"""Scans of signed lists: kept as they are, told apart by their content, given back only to be saved."""

import hashlib
from errno import ENOSPC
from typing import Any
from uuid import UUID

import pytest

from services.certificates.runs import files
from services.certificates.runs.models import Kind
from services.certificates.signed_lists.models import SignedList
from services.certificates.signed_lists.service import LARGEST_SCAN, safe_name
from shared.kit.access import Role
from tests.services.certificates.api import API, PAGES, browser, program
from tests.services.certificates.model_event import ModelEvent
from tests.services.certificates.world import every, hear

UPLOADS = f"{API}/signed-lists"
PDF = b"%PDF-1.7\nscanned"
JPEG = b"\xff\xd8\xff\xe0 JFIF"
PNG = b"\x89PNG\r\n\x1a\n and so on"


@pytest.fixture(autouse=True)
def event(few: ModelEvent) -> None:
    hear(few.published())


def upload(content: bytes, name: str = "Donnerstag früh.pdf", **changes: Any) -> Any:
    data = {"kind": "sign-in-sheet", **changes}
    return program().post(UPLOADS, data=data, files={"file": (name, content)})


@pytest.mark.parametrize(
    ("content", "media_type", "name"),
    [
        (PDF, "application/pdf", "Donnerstag-fr-h.pdf"),
        (JPEG, "image/jpeg", "Donnerstag-fr-h.jpg"),
        (PNG, "image/png", "Donnerstag-fr-h.png"),
    ],
)
def test_a_scan_is_kept_as_what_its_content_is(content: bytes, media_type: str, name: str) -> None:
    kept = upload(content).json()
    assert (kept["media_type"], kept["name"], kept["size"]) == (media_type, name, len(content))
    assert kept["sha256"] == hashlib.sha256(content).hexdigest()
    assert kept["uploaded_by"] == "organiser@example.org"
    assert program().get(UPLOADS).json() == [kept]


def test_a_scan_is_given_back_to_be_saved_and_never_shown() -> None:
    place = f"{UPLOADS}/{upload(JPEG).json()['id']}/file"
    answer = program().get(place)
    assert answer.content == JPEG
    assert answer.headers["content-disposition"] == 'attachment; filename="Donnerstag-fr-h.jpg"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "no-store" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    "content",
    [b"", b"<html><script>alert(1)</script>", b"MZ\x90", b"PK\x03\x04", b"GIF89a", b" %PDF-1.7", b"<svg/>"],
)
def test_what_is_no_pdf_jpeg_or_png_is_refused_whatever_it_is_called(content: bytes) -> None:
    assert upload(content, "list.pdf").status_code == 422
    assert every(SignedList) == []


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Scans\\liste.PDF", "liste.pdf"),
        ('a"; filename="b.exe', "a-filename-b.pdf"),
        ("محضر.pdf", "sign-in-sheet.pdf"),
        ("x" * 300, "x" * 100 + ".pdf"),
        ("a\r\nSet-Cookie: b.pdf", "a-Set-Cookie-b.pdf"),
    ],
)
def test_a_name_cannot_leave_its_folder_or_its_header(name: str, kept: str) -> None:
    assert safe_name(name, Kind.SIGN_IN_SHEET, "pdf") == kept
    upload(PDF, name)
    [row] = every(SignedList)
    assert row.file.startswith(f"signed/{row.event_id}/{row.list_id}")


def test_the_size_of_a_scan_has_a_limit_and_only_here_it_is_so_large() -> None:
    assert upload(PDF + bytes(3_000_000)).status_code == 201
    assert upload(PDF + bytes(LARGEST_SCAN)).status_code == 413
    assert program().put(f"{API}/rules", content=bytes(1_500_000)).status_code == 413


def test_only_a_list_that_can_be_signed_is_kept() -> None:
    assert upload(PDF, kind="badges").status_code == 422
    assert upload(PDF, kind="evidence-list").status_code == 201


def test_a_full_disk_keeps_nothing_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(*_: object) -> None:
        raise OSError(ENOSPC, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", no_room)
    answer = upload(PDF)
    assert (answer.status_code, every(SignedList)) == (507, [])
    assert answer.json()["type"].endswith("no-room")


def test_a_scan_that_should_not_be_here_is_removed_with_its_file() -> None:
    kept = upload(PDF).json()
    [row] = every(SignedList)
    assert program().delete(f"{UPLOADS}/{kept['id']}").status_code == 204
    assert every(SignedList) == []
    assert not (files.settings.documents_dir / row.file).exists()


def test_an_organiser_uploads_by_a_form_and_finds_it_in_the_list() -> None:
    page = f"{PAGES}/signed-lists"
    sent = {"kind": "evidence-list"}
    assert browser().post(page, data=sent, files={"file": ("nachweis.png", PNG)}).status_code == 303
    [row] = every(SignedList)
    assert "nachweis.png" in browser().get(page).text
    assert browser().get(f"{page}/{row.list_id}/file").content == PNG
    assert browser().post(f"{page}/{row.list_id}/remove").status_code == 303
    assert "No list has been uploaded yet." in browser().get(page).text


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (("", b""), "Please choose a file."),
        (("liste.pdf", b"<html>"), "Please choose a PDF, JPEG or PNG file."),
    ],
)
def test_a_form_without_a_scan_comes_back_with_a_sentence(file: tuple[str, bytes], sentence: str) -> None:
    answer = browser().post(f"{PAGES}/signed-lists", data={"kind": "sign-in-sheet"}, files={"file": file})
    assert (answer.status_code, sentence in answer.text) == (422, True)


def test_strangers_and_viewers_upload_nothing() -> None:
    for client in (program(Role.viewer), program(organisation=UUID(int=9))):
        answer = client.post(UPLOADS, data={"kind": "sign-in-sheet"}, files={"file": ("a.pdf", PDF)})
        assert answer.status_code in (403, 404)
    assert every(SignedList) == []
