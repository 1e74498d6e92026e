"""What the one origin says where no service answers: the proxy alone, with next to nothing behind it."""

import os
import subprocess
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import httpx2
import pytest

from deploy.local import programs
from deploy.local.ports import LOOPBACK, Ports
from tests.support.browser import html_faults
from tests.support.waiting import wait_until

PEOPLE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
PROGRAMS = {"Accept": "application/json"}
NOT_FOUND, AWAY, READS = "/wp-admin", "/agenda/", "/registration/upload"


class Reader(BaseHTTPRequestHandler):
    """A service that reads what it is sent; the proxy counts on the way."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()


@pytest.fixture(scope="module")
def reader() -> Iterator[str]:
    server = HTTPServer((LOOPBACK, 0), Reader)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"{LOOPBACK}:{server.server_port}"
    server.shutdown()


@pytest.fixture(scope="module")
def proxy(reader: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    ports = Ports.free()
    program = programs.caddy(ports, tmp_path_factory.mktemp("proxy"))
    own = {"CADDY_LOG": "discard", "CADDY_MAX_BODY": "1KB", "REGISTRATION_UPSTREAM": reader}
    environment = {**os.environ, **program.environment, **own}
    with subprocess.Popen(program.command, env=environment, stderr=subprocess.DEVNULL) as process:
        address = f"http://{LOOPBACK}:{ports.caddy}"
        wait_until(lambda: answers(address))
        yield address
        process.terminate()


def answers(address: str) -> bool:
    try:
        return httpx2.get(address + NOT_FOUND).status_code == 404
    except httpx2.ConnectError:
        return False


@pytest.mark.parametrize(
    ("path", "status", "german", "english"),
    [
        (NOT_FOUND, 404, "Hier ist nichts", "There is nothing at this address."),
        (AWAY, 503, "Einen Moment bitte", "This part of the system is not answering."),
    ],
)
def test_people_read_in_both_languages_what_is_wrong(
    proxy: str, path: str, status: int, german: str, english: str, tmp_path: Path
) -> None:
    answer = httpx2.get(proxy + path, headers=PEOPLE)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
    assert f"<h1>{german}</h1>" in answer.text
    assert english in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert html_faults({"page": answer.text}, tmp_path) == []


def test_a_body_that_is_too_large_is_told_in_both_languages(proxy: str) -> None:
    answer = httpx2.post(proxy + READS, content=b"x" * 5_000, headers=PEOPLE)
    assert answer.status_code == 413
    assert "<h1>Das ist zu groß</h1>" in answer.text
    assert "What you sent is too large." in answer.text
    problem = httpx2.post(proxy + READS, content=b"x" * 5_000, headers=PROGRAMS).json()
    assert (problem["status"], problem["detail"]) == (413, "What you sent is too large.")


@pytest.mark.parametrize(
    ("path", "headers"),
    [(NOT_FOUND, PROGRAMS), (AWAY, PROGRAMS), ("/agenda/api/v1/events", PEOPLE)],
)
def test_programs_get_a_problem(proxy: str, path: str, headers: dict[str, str]) -> None:
    answer = httpx2.get(proxy + path, headers=headers)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == answer.status_code
    assert answer.json()["detail"].endswith(".")


def test_what_is_away_is_asked_for_again_soon(proxy: str) -> None:
    for headers in (PEOPLE, PROGRAMS):
        assert httpx2.get(proxy + AWAY, headers=headers).headers["Retry-After"] == "2"
    assert "Retry-After" not in httpx2.get(proxy + NOT_FOUND).headers
