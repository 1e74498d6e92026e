"""Many clients at once, cheap enough not to be what is measured: prepared requests over raw sockets."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Request:
    """One request of a stampede: at which second it is sent, and who sends it."""

    at: float
    key: str
    content: bytes


@dataclass(frozen=True)
class Moment:
    """When a request was sent and answered (seconds of one clock), and with what."""

    key: str
    sent: float
    answered: float
    answer: Answer


class UnexpectedAnswer(Exception):
    """A request was not answered as a measurement needs it."""


def get(path: str, *, token: str | None = None) -> bytes:
    return _head("GET", path, token) + b"\r\n"


def post(path: str, document: object, *, token: str | None = None, key: str | None = None) -> bytes:
    body = json.dumps(document).encode()
    once = f"Idempotency-Key: {key}\r\n" if key else ""
    return (
        _head("POST", path, token)
        + f"{once}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        + body
    )


def _head(method: str, path: str, token: str | None) -> bytes:
    allowed = f"Authorization: Bearer {token}\r\n" if token else ""
    return f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{allowed}".encode()


class Connection:
    """One connection that is kept open."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection((LOOPBACK, port), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file = self._socket.makefile("rb")

    def ask(self, request: bytes, *, status: int = 200) -> Answer:
        self._socket.sendall(request)
        found, length = _parsed_head(self._head_lines())
        answer = Answer(found, self._file.read(length))
        if answer.status != status:
            raise UnexpectedAnswer(f"{answer.status} instead of {status}: {answer.body[:500]!r}")
        return answer

    def _head_lines(self) -> Iterator[bytes]:
        while (line := self._file.readline()) not in (b"\r\n", b""):
            yield line

    def close(self) -> None:
        self._file.close()
        self._socket.close()


def rate(port: int, requests: Iterable[bytes], *, clients: int, seconds: float, status: int = 200) -> float:
    """Answers a second with `clients` at once, each asking as soon as it has its answer."""
    lock, source = threading.Lock(), iter(requests)
    counts, problems = [0] * clients, []
    started = time.perf_counter()

    def ask_on(client: int) -> None:
        connection = Connection(port)
        try:
            while time.perf_counter() - started < seconds:
                with lock:
                    request = next(source)
                connection.ask(request, status=status)
                counts[client] += 1
        except Exception as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask_on, args=(client,)) for client in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise problems[0]
    return sum(counts) / (time.perf_counter() - started)


def stampede(port: int, requests: Sequence[Request]) -> list[Moment]:
    """Each request on a connection of its own, sent at its second; nobody waits for the others."""
    return asyncio.run(_stampede(port, requests))


async def _stampede(port: int, requests: Sequence[Request]) -> list[Moment]:
    started = time.perf_counter()
    return await asyncio.gather(*(_ask(port, started, request) for request in requests))


async def _ask(port: int, started: float, request: Request) -> Moment:
    await asyncio.sleep(max(0.0, started + request.at - time.perf_counter()))
    sent = time.perf_counter()
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    writer.write(request.content)
    head = await reader.readuntil(b"\r\n\r\n")
    status, length = _parsed_head(head.splitlines())
    body = await reader.readexactly(length)
    answered = time.perf_counter()
    writer.close()
    return Moment(request.key, sent, answered, Answer(status, body))


def _parsed_head(lines: Iterable[bytes]) -> tuple[int, int]:
    """Status and length of the body."""
    status, length = 0, 0
    for line in lines:
        if line.startswith(b"HTTP/"):
            status = int(line.split()[1])
        elif line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    if not status:
        raise UnexpectedAnswer("the connection was closed")
    return status, length
