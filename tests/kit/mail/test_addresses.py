import pytest

from shared.kit.mail import Mailbox


def test_a_setting_is_read_as_name_and_address() -> None:
    assert Mailbox.parse("Treffpunkt <treffpunkt@example.org>") == Mailbox(
        "treffpunkt@example.org", "Treffpunkt"
    )
    assert Mailbox.parse("treffpunkt@localhost") == Mailbox("treffpunkt@localhost")


def test_a_domain_is_written_in_ascii_by_the_rules_of_2008() -> None:
    assert Mailbox("a@bücher.example").address == "a@xn--bcher-kva.example"
    # By the rules of 2003 this would be strasse.example, which belongs to somebody else.
    assert Mailbox("a@straße.example").address == "a@xn--strae-oqa.example"


def test_the_case_of_a_local_part_is_kept() -> None:
    assert Mailbox("Anna.Seidel@Example.ORG").address == "Anna.Seidel@example.org"


def test_only_a_local_part_outside_ascii_needs_smtputf8() -> None:
    assert not Mailbox("a@bücher.example", "Jürgen").needs_smtputf8
    assert Mailbox("jürgen@example.org").needs_smtputf8


def test_a_local_part_longer_than_the_letter_of_the_standard_is_taken() -> None:
    assert Mailbox("m" * 70 + "@example.org").address == "m" * 70 + "@example.org"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "@example.org",
        "anna@",
        "anna",
        "anna@example.org, bob@example.org",
        "anna@example.org>",
        "<anna@example.org>",
        "an na@example.org",
        "anna@home@example.org",
        '"an\\ na"@example.org',
        "anna@exa\u200bmple.org",
        "a" * 250 + "@example.org",
    ],
)
def test_what_is_no_address_is_refused_with_a_sentence(address: str) -> None:
    with pytest.raises(ValueError, match=r"^[A-Z].+\.$"):
        Mailbox(address)


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\u2028", "\x00", "\x1b"])
@pytest.mark.parametrize("place", ["address", "name", "setting"])
def test_no_second_header_gets_in_by_an_address(end: str, place: str) -> None:
    evil = f"anna{end}Bcc: everybody@example.org"
    with pytest.raises(ValueError, match=r"^An address and a name .+\.$"):
        {
            "address": lambda: Mailbox(evil),
            "name": lambda: Mailbox("anna@example.org", evil),
            "setting": lambda: Mailbox.parse(f"{evil} <anna@example.org>"),
        }[place]()
