"""Who comes to a service's front door: programs with a token, organisers at a browser."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fastapi.testclient import TestClient
from httpx2 import Response

from shared.kit.access import Principal, sign
from shared.kit.settings import Settings


def token_of(principal: Principal, settings: Settings) -> str:
    return sign(principal, settings.access_private_key, life=timedelta(minutes=5))


@dataclass(frozen=True)
class Api:
    """A service's API, below `root`, as a program sees it; without a token it is the public."""

    client: TestClient
    root: str
    headers: Mapping[str, str]

    def __call__(self, method: str, path: str, **options: Any) -> Response:
        headers = {**self.headers, **options.pop("headers", {})}
        return self.client.request(method, f"{self.root}{path}", headers=headers, **options)

    def create(self, path: str = "", **body: Any) -> dict[str, Any]:
        """POST what must succeed; returns the answer."""
        answer = self("POST", path, json=body)
        assert answer.status_code in {200, 201}, answer.text
        content: dict[str, Any] = answer.json()
        return content

    def change(self, path: str, method: str = "PATCH", **body: Any) -> Response:
        """Read an ETag and send a change with it."""
        etag = self("GET", path).headers["ETag"]
        return self(method, path, json=body, headers={"If-Match": etag})


def as_program(client: TestClient, root: str, principal: Principal, settings: Settings) -> Api:
    return Api(client, root, {"Authorization": f"Bearer {token_of(principal, settings)}"})


def as_browser(client: TestClient, principal: Principal, settings: Settings) -> TestClient:
    """The client, signed in; it sends no token and reads English."""
    client.cookies.set(settings.access_cookie, token_of(principal, settings))
    client.headers["Accept-Language"] = "en"
    return client
