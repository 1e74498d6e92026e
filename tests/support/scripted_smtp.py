"""A real SMTP server that misbehaves as a test tells it to."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import MISSING, SMTP, AuthResult, Envelope, Session

from deploy.local.ports import LOOPBACK, hold_a_port

# What the server can do instead of answering a verb.
DROP = "drop the connection"
HANG = "answer nothing"
# At DATA only: the content begins to come, and the connection ends before the final dot.
DROP_BEFORE_DOT = "drop before the final dot"
# At DOT only: the server has the mail, and its answer never arrives.
KEEP_AND_DROP = "keep the mail and drop the connection"
KEEP_AND_HANG = "keep the mail and answer nothing"

# Longer than the timeouts of the tests, shorter than anybody's patience.
HANGING_SECONDS = 3


class Script:
    """What the server answers: `at("RCPT", "450 4.2.1 Busy")` holds once, then all is well again.

    Verbs are CONNECT, EHLO, HELO, AUTH, MAIL, RCPT, DATA and DOT (the final one).
    """

    def __init__(self) -> None:
        self.port = 0
        self.connections = 0
        self.has_misbehaved = False
        self.mails: list[Envelope] = []
        self._steps: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)

    def at(self, verb: str, *answers: str, after: int = 0) -> None:
        """The next answers to a verb, from when so many mails are kept."""
        self._steps[verb] += [(after, answer) for answer in answers]

    def next(self, verb: str) -> str | None:
        steps = self._steps[verb]
        if not steps or len(self.mails) < steps[0][0]:
            return None
        self.has_misbehaved = True
        return steps.pop(0)[1]

    @property
    def messages(self) -> list[EmailMessage]:
        """The mails that the server kept, in their order."""
        return [_parsed(mail) for mail in self.mails]

    @property
    def recipients(self) -> list[str]:
        return [mail.rcpt_tos[0] for mail in self.mails]


def _parsed(mail: Envelope) -> EmailMessage:
    message = message_from_bytes(mail.original_content or b"", policy=default)
    assert isinstance(message, EmailMessage)
    return message


class ScriptedServer(SMTP):
    """aiosmtpd's server, asking a script before it obeys a verb."""

    def __init__(self, script: Script, **options: Any) -> None:
        super().__init__(Keeper(script), **options)
        self._script = script
        self._has_greeted = False

    async def push(self, status: Any) -> None:
        if not self._has_greeted:
            self._has_greeted = True
            self._script.connections += 1
            status = self._script.next("CONNECT") or status
        await super().push(status)

    async def obey(self, verb: str, arg: str) -> None:
        step = self._script.next(verb)
        if step is None:
            await getattr(super(), f"smtp_{verb}")(arg)
        elif step == DROP_BEFORE_DOT:
            await super().push("354 Go on")
            await self._reader.readline()
            self.abort()
        else:
            await self.perform(step)

    async def perform(self, step: str) -> None:
        if step == HANG:
            await asyncio.sleep(HANGING_SECONDS)
        elif step == DROP:
            self.abort()
        else:
            await super().push(step)

    def abort(self) -> None:
        if self.transport is not None:
            self.transport.abort()

    async def smtp_EHLO(self, arg: str) -> None:  # noqa: N802 - aiosmtpd finds verbs by these names
        await self.obey("EHLO", arg)

    async def smtp_HELO(self, arg: str) -> None:  # noqa: N802 - likewise
        await self.obey("HELO", arg)

    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802 - likewise
        await self.obey("AUTH", arg)

    async def smtp_MAIL(self, arg: str) -> None:  # noqa: N802 - likewise
        await self.obey("MAIL", arg)

    async def smtp_RCPT(self, arg: str) -> None:  # noqa: N802 - likewise
        await self.obey("RCPT", arg)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - likewise
        await self.obey("DATA", arg)


class Keeper:
    """Keeps the mails that came with their final dot."""

    def __init__(self, script: Script) -> None:
        self._script = script

    async def handle_DATA(self, server: ScriptedServer, session: Session, envelope: Envelope) -> Any:  # noqa: N802 - likewise
        step = self._script.next("DOT")
        if step in (None, KEEP_AND_DROP, KEEP_AND_HANG):
            self._script.mails.append(envelope)
        if step in (DROP, KEEP_AND_DROP):
            server.abort()
        if step in (HANG, KEEP_AND_HANG):
            await asyncio.sleep(HANGING_SECONDS)
        return step if step and step[:3].isdigit() else MISSING


@contextmanager
def a_scripted_server(**options: Any) -> Iterator[Script]:
    """A server on a free port of the loopback address; `options` are those of aiosmtpd's SMTP."""
    script = Script()
    with hold_a_port() as held:
        port = held.getsockname()[1]

    class Server(Controller):
        def factory(self) -> ScriptedServer:
            return ScriptedServer(script, **{"hostname": "mail.example.org", **options})

    controller = Server(Keeper(script), hostname=LOOPBACK, port=port)
    controller.start()
    # The controller has just looked whether it is up.
    script.port, script.connections = port, 0
    try:
        yield script
    finally:
        controller.stop()


def only(user: str, password: str) -> Any:
    """An authenticator of aiosmtpd that lets one person in."""

    def check(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        is_right = (data.login, data.password) == (user.encode(), password.encode())
        return AuthResult(success=is_right, handled=False)

    return check
