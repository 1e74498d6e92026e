"""How headers are written, so that every name arrives as it was typed."""

from base64 import b64encode
from email.header import Header
from email.headerregistry import Address, BaseHeader, HeaderRegistry
from email.policy import EmailPolicy
from email.utils import quote
from functools import lru_cache
from typing import Any

# RFC 2047, 2: a line with an encoded word has at most 76 characters.
LONGEST_LINE = 76

# What begins an encoded word (RFC 2047, 2). Most readers decode one inside quotes too, where it is none: a
# name that somebody typed as `=?utf-8?q?Bcc?=` would be shown as "Bcc".
START_OF_ENCODED_WORD = "=?"

# Headers that most mails have with the same value; whom a mail is for is not remembered.
COMMON = {"from", "reply-to", "auto-submitted", "mime-version", "content-type", "content-transfer-encoding"}


class NamesArriveWhole(EmailPolicy):
    """SMTP's line ends, and our own encoding of names and subjects.

    The standard library's folding of long headers outside ASCII loses spaces between words
    (Python 3.11: a name of eight words came out as seven) and in some versions the quotes around a
    comma, which then separates two addresses (CVE-2025-1795). So each text outside ASCII becomes
    one unbroken run of encoded words here, and an address is never encoded.
    """

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        """A subject is text and never source: the library would decode what looks encoded."""
        if name.lower() == "subject":
            value = f"=?utf-8?b?{b64encode(value.encode()).decode()}?="
        return super().header_store_parse(name, value)

    def fold(self, name: str, value: Any) -> str:
        addresses = getattr(value, "addresses", None)
        if addresses:
            return _line(name, ",\r\n ".join(_written_address(name, address) for address in addresses))
        if name.lower() == "subject" and not _stands_as_it_is(str(value)):
            return _line(name, _encoded(name, str(value)))
        if _needs_no_folding(name, str(value)):
            return _line(name, str(value))
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: Any) -> bytes:
        return self.fold(name, value).encode("utf-8" if self.utf8 else "ascii")


class KeptHeaders(HeaderRegistry):
    """The library makes a class for each header of each mail, and parses again what all mails have in common.

    Together that is half of what composing a mail costs.
    """

    def __init__(self) -> None:
        super().__init__()
        self._made: dict[type, type[BaseHeader]] = {}
        self._common = lru_cache(maxsize=128)(super().__call__)

    def __call__(self, name: str, value: Any) -> BaseHeader:
        if name.lower() in COMMON and type(value) is str:
            return self._common(name, value)
        return super().__call__(name, value)

    def __getitem__(self, name: str) -> type[BaseHeader]:
        kind = self.registry.get(name.lower(), self.default_class)
        if kind not in self._made:
            self._made[kind] = super().__getitem__(name)
        return self._made[kind]


POLICY = NamesArriveWhole(linesep="\r\n", raise_on_defect=False, header_factory=KeptHeaders())
POLICY_UTF8 = POLICY.clone(utf8=True)


def _line(name: str, value: str) -> str:
    return f"{name}: {value}\r\n"


def _written_address(header: str, address: Address) -> str:
    spec = f"<{address.username}@{address.domain}>"
    if not address.display_name:
        return spec
    phrase = _phrase(header, address.display_name)
    fits = "\r\n" not in phrase and len(f"{header}: {phrase} {spec}") <= LONGEST_LINE
    return f"{phrase} {spec}" if fits else f"{phrase}\r\n {spec}"


def _phrase(header: str, name: str) -> str:
    """A display name (RFC 5322, 3.2.5): in quotes, or as encoded words when it does not fit there."""
    quoted = f'"{quote(name)}"'
    if _stands_as_it_is(name) and len(f"{header}: {quoted}") <= LONGEST_LINE:
        return quoted
    return _encoded(header, name)


def _stands_as_it_is(text: str) -> bool:
    return text.isascii() and START_OF_ENCODED_WORD not in text


def _needs_no_folding(name: str, value: str) -> bool:
    fits = len(f"{name}: {value}") <= LONGEST_LINE
    return fits and value.isascii() and value.isprintable()


def _encoded(header: str, text: str) -> str:
    return Header(text, "utf-8", maxlinelen=LONGEST_LINE, header_name=header).encode(linesep="\r\n")
