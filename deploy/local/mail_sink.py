"""An SMTP server that delivers nothing: each accepted mail becomes a file in the mailbox folder."""

import argparse
import asyncio
import itertools
import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.local.ports import LOOPBACK

# Twice what a mail with a ticket or a confirmation ever needs.
LARGEST_MAIL = 20 * 1024 * 1024


class Sink:
    def __init__(self, mailbox: Path) -> None:
        self._mailbox = mailbox
        self._numbers: Iterator[int] = itertools.count(1)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - the name is aiosmtpd's
        self._keep(envelope)
        return "250 OK"

    def _keep(self, envelope: Envelope) -> None:
        """Write under another name first: whoever lists `*.eml` never meets half a mail."""
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        name = f"{stamp}-{next(self._numbers):06d}"
        unfinished = self._mailbox / f".{name}.part"
        unfinished.write_bytes(as_file(envelope))
        unfinished.rename(self._mailbox / f"{name}.eml")


def as_file(envelope: Envelope) -> bytes:
    """The mail as it came, below two headers with what the envelope said."""
    sender = f"X-Envelope-From: {envelope.mail_from or ''}\r\n"
    recipients = f"X-Envelope-To: {', '.join(envelope.rcpt_tos)}\r\n"
    content = envelope.original_content or b""
    return (sender + recipients).encode() + content


def make_server(mailbox: Path) -> SMTP:
    return SMTP(Sink(mailbox), enable_SMTPUTF8=True, data_size_limit=LARGEST_MAIL, ident="Treffpunkt")


async def serve(mailbox: Path, host: str, port: int) -> None:
    mailbox.mkdir(parents=True, exist_ok=True)
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    server = await loop.create_server(lambda: make_server(mailbox), host, port)
    async with server:
        await ended.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default=LOOPBACK)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--mailbox", type=Path, required=True)
    arguments = parser.parse_args()
    os.umask(0o077)
    asyncio.run(serve(arguments.mailbox, arguments.host, arguments.port))


if __name__ == "__main__":
    main()
