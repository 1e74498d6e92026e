"""A QR code is read from the printed page, and is the one that the standard asks for."""

import pytest
import segno
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as some
from PIL import Image
from segno.consts import ALPHANUMERIC_CHARS

from services.certificates.badges import document as badges
from services.certificates.confirmations import document as confirmations
from services.certificates.documents.qr import QrCode, encode
from services.certificates.tickets import document as tickets
from tests.support.paper_facts import a_badge, a_badge_run, a_confirmation, a_ticket, a_ticket_code
from tests.support.papers import qr_codes

# The bytes that versions 1 to 9 hold at level M (ISO/IEC 18004, table 7).
FULL = (14, 26, 42, 62, 84, 106, 122, 152, 180)


def rows_of(code: QrCode) -> list[list[int]]:
    width = len(code.bits) // code.size
    rows = (code.bits[start : start + width] for start in range(0, len(code.bits), width))
    return [[row[column // 8] >> 7 - column % 8 & 1 for column in range(code.size)] for row in rows]


def drawn_by_segno(content: str, mode: str) -> list[list[int]]:
    symbol = segno.make_qr(content, error="m", mode=mode, mask=2, boost_error=False)
    return [list(row) for row in symbol.matrix]


def ends_with_a_codeword(text: str) -> bool:
    """Whether the bits of an alphanumeric text and its end fill a codeword: then segno pads it with one too many."""
    return (4 + 9 + len(text) // 2 * 11 + len(text) % 2 * 6 + 4) % 8 == 0


def read(code: QrCode) -> bytes:
    """What a scanner sees in the symbol alone."""
    picture = Image.new("L", (code.size, code.size))
    picture.putdata([0 if dark else 255 for row in rows_of(code) for dark in row])
    framed = Image.new("L", (code.size + 8, code.size + 8), 255)
    framed.paste(picture, (4, 4))
    [found] = zxingcpp.read_barcodes(
        framed.resize((framed.width * 4, framed.height * 4), Image.Resampling.NEAREST)
    )
    return found.bytes


@settings(max_examples=60, deadline=None)
@given(
    some.text(ALPHANUMERIC_CHARS.decode(), min_size=1, max_size=260).filter(
        lambda text: not ends_with_a_codeword(text)
    )
)
def test_capitals_and_digits_give_the_symbol_that_segno_draws(text: str) -> None:
    assert rows_of(encode(text)) == drawn_by_segno(text, "alphanumeric")


@pytest.mark.parametrize("length", FULL)
def test_a_full_symbol_of_any_text_is_the_one_that_segno_draws(length: int) -> None:
    text = "".join(chr(97 + number * 7 % 26) for number in range(length))
    assert rows_of(encode(text)) == drawn_by_segno(text, "byte")


@settings(max_examples=60, deadline=None)
@given(some.text(some.characters(codec="latin-1", exclude_categories=["Cc"]), min_size=1, max_size=200))
def test_any_text_is_read_as_it_was_given(text: str) -> None:
    assert read(encode(text)) == text.encode("latin-1")


def test_a_text_that_no_small_symbol_holds_is_read_too() -> None:
    address = "https://events.example.org/" + "a" * 300
    assert read(encode(address)) == address.encode()


def test_a_ticket_code_fits_a_symbol_of_version_6() -> None:
    assert {encode(a_ticket_code(seed)).version for seed in range(50)} == {6}


def test_each_badge_shows_its_own_code() -> None:
    codes = [a_ticket_code(seed) for seed in range(12)]
    pdf = badges.draw(a_badge_run([a_badge(ticket_code=code) for code in codes]))
    assert qr_codes(pdf) == [[code] for code in codes]


def test_the_ticket_shows_the_signed_code() -> None:
    assert qr_codes(tickets.draw(a_ticket())) == [[a_ticket_code()]]


@pytest.mark.parametrize(
    "address", ["https://events.example.org/v/7QK2M9XW4RTB", "http://localhost:8080/v/a"]
)
def test_the_confirmation_leads_to_its_verification_page(address: str) -> None:
    assert qr_codes(confirmations.draw(a_confirmation(address=address))) == [[address]]
