"""The ticket's short code: eight letters that can be read aloud at the door, when no camera helps."""

import secrets
from collections.abc import Callable, Sequence

# Consonants of one sound each: no words come out, and no letter looks like a digit.
SHORT_CODE_ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"
SHORT_CODE_LENGTH = 8

Choose = Callable[[Sequence[str]], str]


def new_short_code(choose: Choose = secrets.choice) -> str:
    """Eight letters without separator; the database says whether the event has it already."""
    return "".join(choose(SHORT_CODE_ALPHABET) for _ in range(SHORT_CODE_LENGTH))


def shown_short_code(code: str) -> str:
    """The code as it is printed: "BCDF-GHJK"."""
    half = SHORT_CODE_LENGTH // 2
    return f"{code[:half]}-{code[half:]}"
