"""What can go wrong, in sentences for people. No web import: services raise, the boundary answers.

The first line of a class's docstring is the sentence and the gettext msgid; `{names}` in it are
filled from the keyword arguments. The class's name in kebab-case is the stable problem code of
the API (RFC 9457 `type`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from inspect import cleandoc
from typing import ClassVar


@dataclass(frozen=True)
class FieldError:
    """One sentence at one field; `field` is a path such as `sessions.2.starts_at`."""

    field: str
    sentence: str


class ProblemError(Exception):
    """Something went wrong on our side."""

    status: ClassVar[int] = 500

    def __init__(self, **facts: object) -> None:
        super().__init__(type(self).code())
        self.facts = facts

    @classmethod
    def code(cls) -> str:
        """The stable name of this problem in the API: `event-full` for EventFull."""
        return re.sub(r"(?<!^)(?=[A-Z])", "-", cls.__name__).lower()

    @classmethod
    def sentence(cls) -> str:
        """The msgid: the docstring's first paragraph on one line, with `{placeholders}` unfilled."""
        return cleandoc(cls.__doc__ or "").split("\n\n")[0].replace("\n", " ")

    def __str__(self) -> str:
        return self.sentence().format(**self.facts)


class Malformed(ProblemError):
    """This request could not be read."""

    status = 400


class Unauthenticated(ProblemError):
    """Please sign in."""

    status = 401


class Forbidden(ProblemError):
    """Your role does not allow this."""

    status = 403


class NotFound(ProblemError):
    """There is nothing here."""

    status = 404


class Conflict(ProblemError):
    """This does not fit the present state."""

    status = 409


class Stale(ProblemError):
    """Somebody changed this in the meantime. Please load it again."""

    status = 412


class TooLarge(ProblemError):
    """This is larger than {limit}."""

    status = 413


class PreconditionRequired(ProblemError):
    """Please send If-Match with the ETag that you have read."""

    status = 428


class TooManyRequests(ProblemError):
    """Too many attempts. Please wait a moment."""

    status = 429

    def __init__(self, retry_after: int = 60, **facts: object) -> None:
        super().__init__(**facts)
        self.retry_after = retry_after


class NotReady(ProblemError):
    """This is on its way. Please try again in a moment."""

    status = 503

    def __init__(self, retry_after: int = 1, **facts: object) -> None:
        super().__init__(**facts)
        self.retry_after = retry_after


class Invalid(ProblemError):
    """Please check the marked fields."""

    status = 422

    def __init__(self, errors: Sequence[FieldError] = (), **facts: object) -> None:
        super().__init__(**facts)
        self.errors = tuple(errors)
