"""One HTTP session at the product's front door, with errors that say what was answered."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

import httpx2

from deploy.local.stack import StackFailed

T = TypeVar("T")


class PlayFailed(StackFailed):
    """The product did not do what the play expects of it."""


class Visitor:
    """A browser without JavaScript, or a program with a token."""

    def __init__(self, public_url: str, token: str | None = None) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._client = httpx2.Client(base_url=public_url, headers=headers, timeout=30)

    def get(self, path: str, *, status: int = 200, **options: Any) -> httpx2.Response:
        return self._ask("GET", path, {status}, **options)

    def post(self, path: str, *, status: int = 200, **options: Any) -> httpx2.Response:
        return self._ask("POST", path, {status}, **options)

    def put(self, path: str, **options: Any) -> httpx2.Response:
        return self._ask("PUT", path, {200, 201}, **options)

    def _ask(self, method: str, path: str, status: set[int], **options: Any) -> httpx2.Response:
        answer = self._client.request(method, path, **options)
        if answer.status_code == 503 and "retry-after" in answer.headers:
            # The service waits for another's message; nothing was done, so asking again is safe.
            time.sleep(float(answer.headers["retry-after"]))
            return self._ask(method, path, status, **options)
        if answer.status_code not in status:
            raise PlayFailed(
                f"{method} {path}: {answer.status_code} instead of {status}\n{answer.text[:2000]}"
            )
        return answer


def wait_for(what: str, look: Callable[[], T | None], *, seconds: float = 60) -> T:
    """Look again until there is something; raises PlayFailed after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise PlayFailed(f"waited {seconds:.0f} s for {what}")
        time.sleep(0.1)
