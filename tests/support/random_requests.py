"""Requests as an OpenAPI document allows them, at random but always the same ones."""

from typing import Any

import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from hypothesis import HealthCheck, Phase, settings

FIXED = settings(
    max_examples=5,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def operations_of(app: FastAPI) -> list[Any]:
    """What the application's document describes; each makes cases by `as_strategy()`."""
    return [result.ok() for result in schemathesis.openapi.from_dict(app.openapi()).get_all_operations()]


def ask(client: TestClient, sent: dict[str, Any], path: str, **headers: str) -> Response:
    """Send a case's `as_transport_kwargs` to a path; whatever exists may be changed."""
    return client.request(
        sent["method"],
        path,
        params=sent.get("params"),
        json=sent.get("json"),
        headers={**headers, "If-Match": "*"},
    )
