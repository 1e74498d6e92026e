"""Mails as a person finds them in the mailbox folder."""

import email
import time
from email.message import EmailMessage
from email.policy import SMTPUTF8
from pathlib import Path


class Mailbox:
    """The mails in a folder of `*.eml` files, the oldest first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def mails(self, to: str | None = None) -> list[EmailMessage]:
        """All mails, or those whose envelope names this recipient."""
        return [
            mail for mail in map(read, sorted(self.folder.glob("*.eml"))) if to in (None, *recipients(mail))
        ]

    def wait_for(self, count: int, to: str | None = None, seconds: float = 30) -> list[EmailMessage]:
        """The mails, as soon as there are `count` of them."""
        deadline = time.monotonic() + seconds
        while len(found := self.mails(to)) < count:
            assert time.monotonic() < deadline, f"{len(found)} instead of {count} mails after {seconds} s"
            time.sleep(0.05)
        return found

    def empty(self) -> None:
        for file in self.folder.glob("*.eml"):
            file.unlink()


def read(file: Path) -> EmailMessage:
    return email.message_from_bytes(file.read_bytes(), _class=EmailMessage, policy=SMTPUTF8)


def recipients(mail: EmailMessage) -> list[str]:
    return [address.strip() for address in str(mail["X-Envelope-To"]).split(",")]
