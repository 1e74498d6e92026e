import pytest

from services.registration.signup.addresses import clean_address, comparison_key
from services.registration.signup.names import Refused


def test_an_address_keeps_its_local_part_and_gets_an_ascii_domain() -> None:
    assert clean_address(" Anna.Muster@Exämple.ORG ") == "Anna.Muster@xn--exmple-cua.org"


@pytest.mark.parametrize(
    "text", ["a@example.org\r\nBcc: b@example.org", "a@example.org\n", "\ra@example.org"]
)
def test_an_address_with_a_line_break_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="one line"):
        clean_address(text)


@pytest.mark.parametrize(
    "text", ["", "anna", "a@b", "a@b@example.org", "a b@example.org", "A <a@example.org>"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="such as"):
        clean_address(text)


def test_letters_that_few_servers_accept_are_named() -> None:
    with pytest.raises(Refused, match="unaccented"):
        clean_address("jürgen@example.org")


def test_upper_and_lower_case_reach_the_same_mailbox() -> None:
    assert comparison_key(clean_address("Anna@Example.org")) == comparison_key(
        clean_address("anna@example.org")
    )
