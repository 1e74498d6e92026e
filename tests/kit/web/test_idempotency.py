from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi.testclient import TestClient

from shared.kit import idempotency
from shared.kit.database import Sessions
from shared.kit.idempotency import RequestInFlight, RequestKey

URL = "/things/api/v1/things"


def create(client: TestClient, key: str | None, name: str = "lamp", **headers: str) -> tuple[int, object]:
    sent = {**headers, **({"Idempotency-Key": key} if key else {})}
    answer = client.post(URL, json={"name": name}, headers=sent)
    return answer.status_code, answer.json().get("number", answer.json().get("type"))


def test_the_same_key_and_body_has_one_effect_and_one_answer(client: TestClient) -> None:
    assert create(client, "k1") == (201, 1)
    assert create(client, "k1") == (201, 1)
    assert create(client, "k2") == (201, 2)


def test_without_a_key_each_request_has_its_effect(client: TestClient) -> None:
    assert [create(client, None)[1] for _ in range(2)] == [1, 2]


def test_the_replay_has_the_headers_of_the_first_answer(client: TestClient) -> None:
    first = client.post(URL, json={"name": "lamp"}, headers={"Idempotency-Key": "k"})
    again = client.post(URL, json={"name": "lamp"}, headers={"Idempotency-Key": "k"})
    assert again.headers["Location"] == first.headers["Location"] == "/things/1"
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers


def test_the_same_key_with_another_body_is_refused(client: TestClient) -> None:
    create(client, "k")
    assert create(client, "k", name="table") == (
        422,
        "urn:treffpunkt:problem:key-used-for-something-else",
    )


def test_two_people_may_choose_the_same_key(client: TestClient) -> None:
    assert create(client, "k", Authorization="Bearer a") == (201, 1)
    assert create(client, "k", Authorization="Bearer b") == (201, 2)


def test_a_refused_request_is_not_remembered(client: TestClient) -> None:
    assert create(client, "k", name="full")[0] == 409
    assert create(client, "k", name="lamp") == (201, 1)


def test_of_two_equal_requests_at_once_one_takes_effect(client: TestClient) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: create(client, "k"), range(16)))
    assert set(answers) <= {(201, 1), (409, "urn:treffpunkt:problem:request-in-flight")}
    assert (201, 1) in answers
    assert create(client, "other") == (201, 2)


def test_a_form_sent_twice_by_two_clicks_takes_effect_once(client: TestClient) -> None:
    form = {"name": "lamp", "idempotency_key": "k"}
    assert client.post("/things", data=form).json() == client.post("/things", data=form).json()


def test_a_form_that_was_changed_after_going_back_is_another_form(client: TestClient) -> None:
    form = {"name": "lamp", "idempotency_key": "k"}
    client.post("/things", data=form)
    assert client.post("/things", data={**form, "name": "table"}).json() == {"number": 2}


@pytest.mark.parametrize("key", ["x" * 201])
def test_an_endless_key_is_refused(client: TestClient, key: str) -> None:
    assert create(client, key)[0] == 400


def test_while_one_request_is_answered_an_equal_one_is_told_so(sessions: Sessions) -> None:
    request = RequestKey(idempotency.key_of("olga", "k"), b"body")
    with sessions.begin() as first, sessions.begin() as second:
        assert idempotency.find_answer(first, request) is None
        with pytest.raises(RequestInFlight):
            idempotency.find_answer(second, request)


def test_a_key_of_any_characters_has_a_hash() -> None:
    assert idempotency.key_of("\ud800") != idempotency.key_of("\udfff")
