"""Running numbers, verification codes and teaching units of confirmations."""

import secrets
from collections.abc import Callable, Sequence

# Neither 0, O, 1, I, L nor U: nobody mistakes a letter of a printed code.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
# Twelve of 30 signs are 58 bits: with a million confirmations, one guess in 500 billion hits.
CODE_LENGTH = 12
CODE_GROUP = 4

# German chambers and funders count in units of 45 minutes.
TEACHING_UNIT_MINUTES = 45

Choose = Callable[[Sequence[str]], str]


def running_number(prefix: str, year: int, count: int) -> str:
    """The number on the paper, such as "TN-2022-0048": `count` runs from 1 for each organisation and year."""
    return "-".join(part for part in (prefix, str(year), f"{count:04d}") if part)


def new_code(choose: Choose = secrets.choice) -> str:
    """An unguessable verification code of twelve signs, without separators."""
    return "".join(choose(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def shown_code(code: str) -> str:
    """The code in groups of four, as it is printed and stands in addresses."""
    return "-".join(code[start : start + CODE_GROUP] for start in range(0, len(code), CODE_GROUP))


def typed_code(text: str) -> str:
    """A code as somebody typed it (small letters, spaces, other dashes), as it is stored."""
    return "".join(sign for sign in text.upper() if sign.isalnum())


def teaching_units(minutes: int) -> int:
    """Whole units of 45 minutes that were attended, rounded down."""
    return minutes // TEACHING_UNIT_MINUTES
