"""A QR code is read from the printed page."""

import pytest

from services.certificates.badges import document as badges
from services.certificates.documents.qr import encode
from services.certificates.tickets import document as tickets
from services.certificates.verification import document as confirmations
from tests.support.paper_facts import a_badge, a_badge_run, a_confirmation, a_ticket, a_ticket_code
from tests.support.papers import qr_codes


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
