import pytest
from fastapi.testclient import TestClient

API = "/things/api/v1"


def test_malformed_json_is_a_400_problem(client: TestClient) -> None:
    answer = client.post(f"{API}/things", content=b'{"name": ', headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:treffpunkt:problem:malformed"


def test_a_missing_field_is_named(client: TestClient) -> None:
    answer = client.post(f"{API}/things", json={})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["name"]


def test_an_unknown_field_is_named_and_nothing_is_saved(client: TestClient) -> None:
    answer = client.post(f"{API}/things", json={"name": "lamp", "colour": "red"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "colour"
    assert client.post(f"{API}/things", json={"name": "lamp"}).json() == {"number": 1}


def test_a_body_over_a_megabyte_is_refused(client: TestClient) -> None:
    answer = client.post(f"{API}/things", json={"name": "x" * 1_000_001})
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_body_without_a_length_is_counted_too(client: TestClient) -> None:
    chunks = (b'{"name": "' + b"x" * 1000 for _ in range(1100))
    answer = client.post(f"{API}/things", content=chunks, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


def test_a_conflict_says_its_sentence_with_its_facts(client: TestClient) -> None:
    answer = client.post(f"{API}/things", json={"name": "full"})
    assert (answer.status_code, answer.json()["detail"]) == (409, "There is no room for full.")
    assert answer.json()["type"] == "urn:treffpunkt:problem:thing-full"


def test_what_is_not_ready_says_when_to_ask_again(client: TestClient) -> None:
    answer = client.get(f"{API}/unready")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "7")


def test_field_errors_of_a_service_stand_at_their_fields(client: TestClient) -> None:
    assert client.get(f"{API}/invalid").json()["errors"] == [{"field": "name", "detail": "Too short."}]


def test_a_bug_tells_nothing_of_itself(client: TestClient) -> None:
    answer = client.get(f"{API}/broken/secret")
    assert answer.status_code == 500
    assert "ZeroDivision" not in answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_unknown_address_is_a_problem_for_programs_and_a_page_for_people(client: TestClient) -> None:
    assert client.get(f"{API}/nowhere").headers["content-type"] == "application/problem+json"
    page = client.get("/nowhere")
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")


def test_a_page_escapes_what_the_problem_says(client: TestClient) -> None:
    page = client.get("/things/page")
    assert page.status_code == 409
    assert "<b>me</b>" not in page.text
    assert "&lt;b&gt;me&lt;/b&gt;" in page.text


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}],
)
def test_a_form_of_another_site_is_refused(client: TestClient, headers: dict[str, str]) -> None:
    assert client.post("/things", data={"name": "lamp"}, headers=headers).status_code == 403


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://testserver"}])
def test_a_form_of_our_own_is_taken(client: TestClient, headers: dict[str, str]) -> None:
    assert client.post("/things", data={"name": "lamp"}, headers=headers).status_code == 200


def test_the_process_and_its_dependencies_are_reported_apart(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/registration/readyz").json() == {
        "database": True,
        "redis": True,
        "migrations": True,
    }
