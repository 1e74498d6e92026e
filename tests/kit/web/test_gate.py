import asyncio
from collections import Counter

import httpx2
import pytest
import structlog
from fastapi import FastAPI
from fastapi.testclient import TestClient

AT_ONCE = 100


def rush(app: FastAPI) -> Counter[int]:
    """The answers to a hundred requests that arrive together, by status."""

    async def send_all() -> list[httpx2.Response]:
        transport = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(
            transport=transport, base_url="http://testserver", timeout=60
        ) as client:
            return await asyncio.gather(
                *(client.post("/things/api/v1/things", json={"name": "lamp"}) for _ in range(AT_ONCE))
            )

    return Counter(answer.status_code for answer in asyncio.run(send_all()))


def test_a_rush_is_served_to_the_last(app: FastAPI) -> None:
    assert rush(app) == {201: AT_ONCE}


def test_without_the_queue_at_the_gate_threads_and_connections_wait_for_each_other(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    from services.registration import runtime

    monkeypatch.setattr(runtime.engine.pool, "_timeout", 0.5)
    gate = next(layer for layer in app.user_middleware if "slots" in layer.kwargs)
    gate.kwargs["slots"] = AT_ONCE
    assert rush(app)[503] > 0


def test_the_process_answers_while_all_slots_are_taken(app: FastAPI) -> None:
    gate = next(layer for layer in app.user_middleware if "slots" in layer.kwargs)
    gate.kwargs["slots"] = 0
    assert TestClient(app).get("/healthz").status_code == 200


def test_a_bug_is_logged_with_its_place_and_without_what_people_sent(client: TestClient) -> None:
    with structlog.testing.capture_logs() as logs:
        assert client.get("/things/api/v1/broken/secret").status_code == 500
    line = next(line for line in logs if line["event"] == "request.failed")
    assert (line["error"], line["route"]) == ("ZeroDivisionError", "/things/api/v1/broken/{link}")
    assert "secret" not in repr(logs)


def test_a_password_that_browsers_send_by_themselves_does_not_excuse_a_foreign_form(
    client: TestClient,
) -> None:
    foreign = {"Sec-Fetch-Site": "cross-site", "Authorization": "Basic b2xnYTpwYXNz"}
    assert client.post("/things", data={"name": "lamp"}, headers=foreign).status_code == 403


def test_a_bearers_token_is_taken_from_anywhere(client: TestClient) -> None:
    foreign = {"Sec-Fetch-Site": "cross-site", "Authorization": "Bearer token"}
    assert client.post("/things", data={"name": "lamp"}, headers=foreign).status_code == 200
