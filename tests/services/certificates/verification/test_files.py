"""PDFs that people send to have them checked: genuine, altered, withdrawn, foreign, or made to do harm."""

import hashlib
import io
import re
import zlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from pypdf import PdfReader, PdfWriter
from sqlalchemy import delete

from services.certificates.confirmations import document
from services.certificates.confirmations.models import Confirmation, State
from services.certificates.confirmations.numbers import shown_code
from services.certificates.copies.models import AttendanceTotals, Attendee, Event, ProgrammeRelease, Scan
from services.certificates.documents.pdf import PdfFile, dictionary, reference, references
from services.certificates.documents.signature import open_gap
from services.certificates.runs.files import read, store
from services.certificates.runtime import Sessions, settings
from services.certificates.signing.keys import seal_of
from services.certificates.signing.pades import sign
from shared.kit import signing_keys
from shared.kit.clock import utc_now
from tests.services.certificates.api import public
from tests.services.certificates.model_event import ModelEvent, id_of
from tests.services.certificates.world import every, hear, rule, work
from tests.support.facts import ORGANISATION
from tests.support.paper_facts import a_confirmation
from tests.support.seals import a_ring, a_seal

JSON = {"Accept": "application/json"}


@pytest.fixture
def issued(few: ModelEvent) -> Confirmation:
    """Lotti Geisel's confirmation."""
    hear(*few.messages())
    rule()
    work()
    return next(each for each in every(Confirmation) if each.registration_id == id_of("P11"))


def drop(pdf: bytes, **headers: str) -> httpx2.Response:
    return public().post("/certificates/v", files={"file": ("any.pdf", pdf)}, headers=headers or JSON)


def judged(pdf: bytes) -> dict[str, Any]:
    answer = drop(pdf)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def forged(issued: Confirmation, **changes: Any) -> document.Confirmation:
    address = f"http://localhost:8080/certificates/v/{shown_code(issued.code)}"
    return a_confirmation(**{"address": address, "number": issued.number, **changes})


def saved_again(pdf: bytes) -> bytes:
    writer, output = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf))), io.BytesIO()
    writer.write(output)
    return output.getvalue()


def a_pdf(content: bytes) -> bytes:
    """Somebody else's, with one page of this content stream, which is packed."""
    file = PdfFile()
    catalogue, tree, page, facts = (file.reserve() for _ in range(4))
    packed = zlib.compress(content, 9)
    stream = b"<</Filter/FlateDecode/Length %d>>\nstream\n%b\nendstream" % (len(packed), packed)
    file.put(page, b"<</Type/Page/Parent %b/Contents %b>>" % (reference(tree), reference(file.add(stream))))
    file.put(tree, dictionary({"Type": "/Pages", "Count": "1", "Kids": references([page])}))
    file.put(catalogue, dictionary({"Type": "/Catalog", "Pages": reference(tree)}))
    file.put(facts, b"<<>>")
    return file.finish(catalogue=catalogue, facts=facts)


def test_the_file_from_the_mail_is_genuine(issued: Confirmation) -> None:
    found = judged(read(issued.file))
    assert (found["outcome"], found["reasons"], found["key_state"]) == ("genuine", [], "active")
    assert found["signed_by"] == "Treffpunkt localhost"
    assert found["confirmation"]["number"] == issued.number


def test_people_read_that_the_file_is_genuine(issued: Confirmation) -> None:
    page = drop(read(issued.file), **{"Accept-Language": "de"})
    assert "Diese Datei ist echt." in page.text
    assert "Treffpunkt localhost" in page.text
    assert "L. G." in page.text
    assert "Geisel" not in page.text


def test_a_withdrawn_confirmation_says_so_for_its_file_too(issued: Confirmation) -> None:
    with Sessions.begin() as session:
        session.get_one(Confirmation, issued.confirmation_id).state = State.REVOKED.value
    assert judged(read(issued.file))["outcome"] == "revoked"
    assert "withdrawn" in drop(read(issued.file), **{"Accept-Language": "en"}).text


def test_what_was_added_after_signing_is_told_from_what_was_signed(issued: Confirmation) -> None:
    found = judged(read(issued.file) + b"% a remark\n%%EOF\n")
    assert (found["outcome"], found["reasons"]) == ("altered", ["appended"])
    assert found["confirmation"]["number"] == issued.number


def test_another_name_under_a_real_signature_is_found_out_and_the_real_one_not_told(
    issued: Confirmation,
) -> None:
    room = seal_of(ORGANISATION).room
    paper, _ = open_gap(document.draw(forged(issued, name="Max Beispiel", room=room)))
    signature = re.search(rb"/Contents<[0-9A-F]+>", read(issued.file))
    assert signature is not None
    found = judged(re.sub(rb"/Contents<0+>", signature.group(), paper))
    assert (found["outcome"], found["reasons"]) == ("altered", ["broken", "text"])
    assert "Max Beispiel" in found["lines"]
    assert "Geisel" not in str(found)


def test_a_guessed_name_under_a_real_code_is_neither_confirmed_nor_denied(issued: Confirmation) -> None:
    foreign = a_seal(a_ring())
    answers = [
        judged(sign(document.draw(forged(issued, name=name, room=foreign.room)), foreign))
        for name in ("Lotti Geisel", "Max Beispiel")
    ]
    assert answers[0] == answers[1]
    assert (answers[0]["outcome"], answers[0]["reasons"]) == ("altered", ["unsigned"])


def test_people_read_why_the_words_of_such_a_file_are_not_compared(issued: Confirmation) -> None:
    page = drop(document.draw(forged(issued)), **{"Accept-Language": "en"})
    assert "was not compared" in page.text


def test_one_changed_byte_breaks_the_signature(issued: Confirmation) -> None:
    paper = read(issued.file)
    place = paper.index(b"/Title") + 8
    found = judged(paper[:place] + bytes([paper[place] ^ 1]) + paper[place + 1 :])
    assert (found["outcome"], found["reasons"], found["lines"]) == ("altered", ["broken", "bytes"], [])


def test_a_file_that_was_saved_again_is_not_the_one_that_was_issued(issued: Confirmation) -> None:
    found = judged(saved_again(read(issued.file)))
    assert (found["outcome"], found["lines"]) == ("altered", [])


def test_our_signature_on_a_paper_without_a_known_code_is_no_proof(issued: Confirmation) -> None:
    seal = seal_of(ORGANISATION)
    found = judged(sign(document.draw(a_confirmation(room=seal.room)), seal))
    assert (found["outcome"], found["reasons"]) == ("altered", ["lost"])


def test_a_foreign_file_is_not_from_here(issued: Confirmation) -> None:
    assert judged(document.draw(a_confirmation()))["outcome"] == "foreign"
    assert "not from here" in drop(document.draw(a_confirmation()), **{"Accept-Language": "en"}).text


@pytest.mark.parametrize("file", [b"x", b"%PDF-1.4\n%%EOF\n", b"\x00" * 5000])
def test_what_is_no_pdf_cannot_be_read(file: bytes) -> None:
    assert judged(file)["outcome"] == "unreadable"


def test_a_file_that_unpacks_without_end_costs_no_more_than_a_moment() -> None:
    bomb = a_pdf(b"0 " * 100_000_000)
    assert len(bomb) < 1_000_000
    assert judged(bomb)["outcome"] in ("unreadable", "foreign")


def test_a_file_that_is_too_large_is_refused() -> None:
    assert drop(b"%PDF-1.4" + b"x" * 1_000_000).status_code == 413


def test_a_form_without_a_file_asks_for_one() -> None:
    page = public().post("/certificates/v", headers={"Accept": "text/html", "Accept-Language": "de"})
    assert page.status_code == 422
    assert "Bitte wählen Sie eine Datei aus." in page.text


def test_nothing_that_was_sent_is_kept(issued: Confirmation) -> None:
    before = sorted(settings.documents_dir.rglob("*"))
    drop(sign(document.draw(forged(issued, room=seal_of(ORGANISATION).room)), seal_of(ORGANISATION)))
    assert sorted(settings.documents_dir.rglob("*")) == before


def test_a_paper_is_genuine_when_its_certificate_has_long_ended(issued: Confirmation) -> None:
    long_ago = utc_now() - timedelta(days=7 * 365)
    ring, before = a_ring(long_ago), signing_keys.read(settings.secrets_dir)
    seal = a_seal(ring)
    paper = document.draw(replace(forged(issued), room=seal.room, issued_at=long_ago + timedelta(days=1)))
    signed = sign(paper, seal, now=lambda: long_ago + timedelta(days=1))
    with Sessions.begin() as session:
        session.get_one(Confirmation, issued.confirmation_id).sha256 = store(issued.file, signed)
    try:
        retired = signing_keys.rotated(ring, "http://localhost:8080", utc_now())
        signing_keys.write(settings.secrets_dir, retired)
        assert (judged(signed)["outcome"], judged(signed)["key_state"]) == ("genuine", "retired")
        assert "has ended since" in drop(signed, **{"Accept-Language": "en"}).text
    finally:
        signing_keys.write(settings.secrets_dir, before)


def test_a_key_that_lost_our_trust_is_named_and_our_record_still_counts(issued: Confirmation) -> None:
    before = signing_keys.read(settings.secrets_dir)
    used = before.active(signing_keys.Use.DOCUMENT)
    assert used is not None
    try:
        revoked = signing_keys.revoked(before, used.kid, "stolen", "http://localhost:8080", utc_now())
        signing_keys.write(settings.secrets_dir, revoked)
        assert judged(read(issued.file))["key_state"] == "revoked"
        assert "no longer trusted" in drop(read(issued.file), **{"Accept-Language": "en"}).text
    finally:
        signing_keys.write(settings.secrets_dir, before)


def test_everything_can_be_checked_when_the_events_data_are_erased(issued: Confirmation) -> None:
    with Sessions.begin() as session:
        for model in (Scan, Attendee, ProgrammeRelease, AttendanceTotals, Event):
            session.execute(delete(model))
    page = public().get(f"/certificates/v/{issued.code}", headers={"Accept-Language": "en"})
    assert "This confirmation is genuine." in page.text
    assert judged(read(issued.file))["outcome"] == "genuine"
    assert public().get(f"/certificates/v/{issued.code}/credential.jwt").text.count(".") == 2


def test_a_typed_code_leads_to_its_page(issued: Confirmation) -> None:
    answer = public().get("/certificates/v", params={"code": shown_code(issued.code).lower()})
    assert answer.headers["location"] == f"/certificates/v/{shown_code(issued.code)}"


def test_published_keys_hold_nothing_private(issued: Confirmation) -> None:
    answer = public().get("/certificates/keys")
    assert {key["kid"] for key in answer.json()["keys"]} == {
        key.kid for key in signing_keys.read(settings.secrets_dir).keys
    }
    assert not [key for key in answer.json()["keys"] if {"d", "private", "p", "q"} & set(key)]
    assert "PRIVATE" not in answer.text


def test_the_hash_of_a_paper_is_that_of_its_file(issued: Confirmation) -> None:
    assert hashlib.sha256(read(issued.file)).hexdigest() == issued.sha256
