import json
from pathlib import Path
from uuid import UUID

import base45
import pytest
import segno
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts import ticket_code
from shared.contracts.ticket_code import TicketCodeError

VECTORS = json.loads(
    (Path(ticket_code.__file__).parent / "ticket_code_vectors.json").read_text(encoding="utf-8")
)
KEY = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(VECTORS["private_key"]))
PUBLIC_KEY = KEY.public_key().public_bytes_raw()
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
EVENT = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
OTHER_EVENT = UUID("01890a5d-ac96-774b-bcce-b302099a8058")
PERSON = UUID("01890a5d-ac96-7c3b-a14c-3b5c7d3a2b19")


@pytest.mark.parametrize("vector", VECTORS["tickets"], ids=lambda vector: vector["registration_id"])
def test_a_ticket_is_signed_as_the_vectors_say(vector: dict[str, str]) -> None:
    code = ticket_code.sign(UUID(vector["event_id"]), UUID(vector["registration_id"]), KEY)
    assert code == vector["code"]


@pytest.mark.parametrize("vector", VECTORS["forgeries"], ids=lambda vector: vector["why"])
def test_no_forgery_of_the_vectors_is_believed(vector: dict[str, str]) -> None:
    with pytest.raises(TicketCodeError):
        ticket_code.verify(vector["code"], UUID(VECTORS["tickets"][0]["event_id"]), [PUBLIC_KEY])


def test_a_genuine_ticket_names_its_registration() -> None:
    code = ticket_code.sign(EVENT, PERSON, KEY)
    assert ticket_code.verify(code, EVENT, [OTHER_KEY.public_key().public_bytes_raw(), PUBLIC_KEY]) == PERSON


def test_a_ticket_of_another_event_is_refused() -> None:
    with pytest.raises(TicketCodeError):
        ticket_code.verify(ticket_code.sign(OTHER_EVENT, PERSON, KEY), EVENT, [PUBLIC_KEY])


def test_a_ticket_signed_by_somebody_else_is_refused() -> None:
    with pytest.raises(TicketCodeError):
        ticket_code.verify(ticket_code.sign(EVENT, PERSON, OTHER_KEY), EVENT, [PUBLIC_KEY])


@given(position=st.integers(0, 88), flip=st.integers(1, 255))
def test_no_changed_byte_passes(position: int, flip: int) -> None:
    data = bytearray(base45.b45decode(ticket_code.sign(EVENT, PERSON, KEY).removeprefix("EVT1:")))
    data[position] ^= flip
    forged = "EVT1:" + base45.b45encode(bytes(data)).decode()
    with pytest.raises(TicketCodeError):
        ticket_code.verify(forged, EVENT, [PUBLIC_KEY])


@given(st.text(max_size=300))
def test_any_text_is_either_a_ticket_or_refused(text: str) -> None:
    with pytest.raises(TicketCodeError):
        ticket_code.verify(text, EVENT, [PUBLIC_KEY])


def test_a_ticket_fits_a_qr_code_of_version_six() -> None:
    qr = segno.make_qr(ticket_code.sign(EVENT, PERSON, KEY), error="m", boost_error=False)
    assert (qr.version, qr.mode) == (6, "alphanumeric")


@pytest.mark.parametrize("typed", ["BCDF-GHJK", "bcdf ghjk", " bcdfghjk", "BCDFGHJK"])
def test_a_short_code_is_understood_however_it_is_typed(typed: str) -> None:
    assert ticket_code.clean_short_code(typed) == "BCDFGHJK"


@pytest.mark.parametrize("typed", ["", "BCDF-GHJ", "BCDF-GHJKL", "ABCD-EFGH", "1234-5678"])
def test_what_is_no_short_code_is_none(typed: str) -> None:
    assert ticket_code.clean_short_code(typed) is None


def test_a_short_code_is_shown_in_two_groups() -> None:
    assert ticket_code.show_short_code("BCDFGHJK") == "BCDF-GHJK"
