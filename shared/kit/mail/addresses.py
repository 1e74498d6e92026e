"""Mail addresses: a mailbox is a name for people and an address for machines (RFC 5322, 3.4)."""

import unicodedata
from dataclasses import dataclass
from email.headerregistry import Address
from email.utils import parseaddr
from typing import Self

import idna

# RFC 5321, 4.5.3.1.3: a path has 256 octets with its angle brackets. The limit of 64 for the part
# before the @ is not kept by all, so the receiving server decides about it.
LONGEST_ADDRESS = 254

# Quoted local parts ("a b"@example.org) are legal and never seen; they are how commands get smuggled.
NOT_IN_ADDRESSES = frozenset('<>()[]",:;\\')


@dataclass(frozen=True)
class Mailbox:
    """Whom a mail is for or from. `name` may be in any script; `address` is what the server gets.

    The domain is written in its ASCII form (IDNA 2008); only a local part outside ASCII makes the
    mail need SMTPUTF8 (RFC 6531). Raises ValueError, with a sentence, for what no mail may carry.
    """

    address: str
    name: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "address", _checked_address(self.address))
        object.__setattr__(self, "name", _checked_name(self.name))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `Name <address>` or a bare address, as settings have it."""
        _refuse_control_characters(text)
        name, address = parseaddr(text)
        return cls(address, name)

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]

    @property
    def needs_smtputf8(self) -> bool:
        return not self.address.isascii()

    def for_header(self) -> Address:
        local, _, domain = self.address.rpartition("@")
        return Address(self.name, local, domain)


def _checked_address(address: str) -> str:
    _refuse_control_characters(address)
    local, at, domain = address.strip().rpartition("@")
    if not (local and at and domain) or _has_stray_characters(local + domain):
        raise ValueError("This is not a mail address.")
    checked = f"{unicodedata.normalize('NFC', local)}@{_ascii_domain(domain)}"
    if len(checked.encode()) > LONGEST_ADDRESS:
        raise ValueError("This mail address is too long.")
    return checked


def _has_stray_characters(text: str) -> bool:
    """Format characters (Cf) are stray too: nobody sees them, and nobody could type the address again."""
    return "@" in text or any(
        c.isspace() or c in NOT_IN_ADDRESSES or unicodedata.category(c) == "Cf" for c in text
    )


def _ascii_domain(domain: str) -> str:
    if domain.isascii():
        return domain.lower()
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise ValueError("The part after the @ is not a domain.") from error


def _checked_name(name: str) -> str:
    _refuse_control_characters(name)
    return unicodedata.normalize("NFC", " ".join(name.split()))


def _refuse_control_characters(text: str) -> None:
    """A line break in an address would end its header and begin one of the attacker's."""
    if any(c in "\r\n\u2028\u2029" for c in text):
        raise ValueError("An address and a name stand on one line.")
    if any(unicodedata.category(c) in ("Cc", "Cs") for c in text):
        raise ValueError("An address and a name have no control characters.")
