"""Who is the same person at one event: the same name with the same address. Pure."""

import hashlib
import unicodedata

from services.registration.signup.addresses import comparison_key

_JOINERS = dict.fromkeys(map(ord, "\u200c\u200d"))
_SEPARATOR = "\x1f"


def person_key(first_name: str, last_name: str, address: str) -> str:
    """64 hex digits (SHA-256), equal for two sign-ups of one person; takes cleaned values.

    Upper and lower case, compatibility forms (NFKC) and joiners do not count; accents do: José and Jose may
    share an assistant's address. A digest, so that the index carries no names.
    """
    parts = (_folded(first_name), _folded(last_name), comparison_key(address))
    return hashlib.sha256(_SEPARATOR.join(parts).encode()).hexdigest()


def address_key(address: str) -> str:
    """64 hex digits (SHA-256), equal for sign-ups with one address, whatever the name."""
    return hashlib.sha256(comparison_key(address).encode()).hexdigest()


def _folded(name: str) -> str:
    # Case folding can undo a normal form, so the form is made before and after (Unicode, D145).
    bare = name.translate(_JOINERS)
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", bare).casefold())
