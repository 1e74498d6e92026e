from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.registration.signup.links import id_in, is_genuine, token_of

ANNA = UUID("01a20424-4af7-702c-9ba9-85b1f2844fd9")


def test_a_link_names_its_registration() -> None:
    token = token_of(ANNA, 1, b"secret")
    assert len(token) == 43
    assert id_in(token) == ANNA
    assert is_genuine(token, ANNA, 1, b"secret")


def test_a_link_of_an_older_version_or_another_secret_is_void() -> None:
    token = token_of(ANNA, 1, b"secret")
    assert not is_genuine(token, ANNA, 2, b"secret")
    assert not is_genuine(token, ANNA, 1, b"other")


@given(st.text(max_size=60))
def test_whatever_stands_in_an_address_opens_nothing(token: str) -> None:
    assert not is_genuine(token, id_in(token) or ANNA, 1, b"secret")
