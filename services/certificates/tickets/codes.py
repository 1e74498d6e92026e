"""The ticket's short code: eight letters that can be read aloud at the door, when no camera helps."""

import secrets
from collections.abc import Callable, Sequence

from shared.contracts.ticket_code import SHORT_CODE_LENGTH, SHORT_CODE_LETTERS

Choose = Callable[[Sequence[str]], str]


def new_short_code(choose: Choose = secrets.choice) -> str:
    """Eight letters without separator; the database says whether the event has it already."""
    return "".join(choose(SHORT_CODE_LETTERS) for _ in range(SHORT_CODE_LENGTH))
