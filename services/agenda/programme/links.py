"""Public addresses of an event's programme: one place, since exports, pages and messages name them."""


def programme_url(public_url: str, slug: str) -> str:
    """The event's public page."""
    return f"{public_url.rstrip('/')}/agenda/e/{slug}"


def session_url(public_url: str, slug: str, key: str) -> str:
    """The session's row on the programme page."""
    return f"{programme_url(public_url, slug)}#session-{key}"


def schedule_url(public_url: str, slug: str, suffix: str) -> str:
    """The programme as a file; `suffix` is `ics`, `xml` or `json`."""
    return f"{programme_url(public_url, slug)}/schedule.{suffix}"


def sign_up_url(public_url: str, slug: str) -> str:
    """The form by which people sign up; registration shows it."""
    return f"{public_url.rstrip('/')}/e/{slug}"
