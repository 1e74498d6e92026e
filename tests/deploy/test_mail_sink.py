import smtplib
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from deploy.local.mail_sink import LARGEST_MAIL
from deploy.local.ports import LOOPBACK, Ports, is_taken
from tests.support.mailbox import Mailbox
from tests.support.waiting import wait_until


@pytest.fixture
def port() -> int:
    return Ports.free().smtp


@pytest.fixture
def box(tmp_path: Path, port: int) -> Iterator[Mailbox]:
    """The sink as the stack starts it, in a process of its own."""
    command = [
        sys.executable,
        "-m",
        "deploy.local.mail_sink",
        "--port",
        str(port),
        "--mailbox",
        str(tmp_path),
    ]
    with subprocess.Popen(command) as sink:
        wait_until(lambda: is_taken(port))
        yield Mailbox(tmp_path)
        sink.terminate()


def a_mail(subject: str = "Ihre Anmeldung", text: str = "Guten Tag") -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = subject, "treffen@example.org", "ada@example.org"
    mail.set_content(text)
    return mail


def send(port: int, mail: EmailMessage, *, to: str = "ada@example.org") -> None:
    with smtplib.SMTP(LOOPBACK, port) as client:
        client.send_message(mail, from_addr="bounces@example.org", to_addrs=[to])


def test_a_mail_becomes_a_file_with_its_envelope(box: Mailbox, port: int) -> None:
    send(port, a_mail(), to="grace@example.org")
    (mail,) = box.mails()
    assert (mail["X-Envelope-From"], mail["X-Envelope-To"]) == ("bounces@example.org", "grace@example.org")
    assert (mail["Subject"], mail.get_content().strip()) == ("Ihre Anmeldung", "Guten Tag")


def test_the_names_of_the_files_tell_the_order(box: Mailbox, port: int) -> None:
    for number in range(12):
        send(port, a_mail(subject=str(number)))
    assert [mail["Subject"] for mail in box.mails()] == [str(number) for number in range(12)]


def test_an_address_with_letters_beyond_ascii_is_taken(box: Mailbox, port: int) -> None:
    send(port, a_mail(text="Grüße aus Łódź"), to="jörg@example.org")
    (mail,) = box.mails(to="jörg@example.org")
    assert mail.get_content().strip() == "Grüße aus Łódź"


def test_nobody_finds_half_a_mail(box: Mailbox, port: int) -> None:
    send(port, a_mail())
    assert [file.suffix for file in box.folder.iterdir()] == [".eml"]


def test_other_users_of_the_machine_do_not_read_the_mails(box: Mailbox, port: int) -> None:
    send(port, a_mail())
    assert [file.stat().st_mode & 0o077 for file in box.folder.iterdir()] == [0]


def test_a_mail_that_is_too_large_is_refused_and_not_kept(box: Mailbox, port: int) -> None:
    with pytest.raises(smtplib.SMTPSenderRefused) as refusal:
        send(port, a_mail(text="x" * 70 * (LARGEST_MAIL // 70 + 1)))
    assert (refusal.value.smtp_code, box.mails()) == (552, [])
