import pytest
from fastapi.testclient import TestClient


@pytest.mark.parametrize(
    "path",
    ["/healthz", "/things/page", "/things/api/v1/unready", "/registration/static/kit/treffpunkt.css", "/no"],
)
def test_head_answers_what_get_would_and_sends_no_content(client: TestClient, path: str) -> None:
    asked, got = client.head(path), client.get(path)
    assert asked.content == b""
    assert got.content != b""
    assert (asked.status_code, dict(asked.headers)) == (got.status_code, dict(got.headers))


def test_what_only_takes_posts_takes_no_head(client: TestClient) -> None:
    assert client.head("/things").status_code == 405
    assert client.head("/things/api/v1/things").status_code == 405
