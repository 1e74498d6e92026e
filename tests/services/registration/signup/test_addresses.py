import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registration.signup.addresses import clean_address, comparison_key
from services.registration.signup.names import Refused
from shared.kit.mail.addresses import Mailbox


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


@given(st.text(string.ascii_letters + string.digits + "!#$%&'*+-/=?^_`{|}~. \"(),:;<>@[\\]ü", max_size=90))
def test_mail_can_be_sent_to_every_address_that_is_taken(local: str) -> None:
    try:
        address = clean_address(f"{local}@example.org")
    except Refused:
        return
    assert Mailbox(address).address == address


@given(st.emails())
def test_real_addresses_are_taken_and_mail_can_be_sent_to_them(address: str) -> None:
    try:
        cleaned = clean_address(address)
    except Refused:
        # Names that stand for no real host, such as example.test or a part of 64 characters.
        return
    assert Mailbox(cleaned).address.casefold() == cleaned.casefold()


def test_the_longest_address_of_the_model_event_is_taken() -> None:
    address = "maximiliane.alexandra.von.und.zu.hohenwarth.schwarzenfels.lichtenau.40@example.org"
    assert Mailbox(clean_address(address)).address == address
