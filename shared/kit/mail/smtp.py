"""One connection to an SMTP server that knows, at each moment, whether the server may have the mail.

`smtplib.sendmail` hides that moment, so the verbs are sent one by one. The content goes first and
its final dot on its own: before the dot the server must not keep the mail (RFC 5321, 4.1.1.4),
after it only its reply tells.
"""

import smtplib
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from typing import Literal, Self

from shared.kit.mail.addresses import Mailbox
from shared.kit.settings import Settings

# RFC 4954, 4 and 6: the server wants (other) credentials, whatever the command was.
CREDENTIALS_WANTED = frozenset({530, 534, 535, 538})
# RFC 3463, 3.2, and RFC 4954, 6: bad sender's address, bad sender's system, bad credentials.
SENDER_AT_FAULT = ("5.1.7", "5.1.8", "5.7.8")
# RFC 5321, 4.2.3, and RFC 1870, 6.1: the server refuses this mail's size, not its sender.
TOO_LARGE = 552
CLOSING = 421

LONGEST_REPLY = 500


@dataclass(frozen=True, kw_only=True)
class SmtpSettings:
    """The server that takes our mails. `mail_from` is `Name <address>`; times in seconds."""

    host: str
    port: int
    mail_from: str
    user: str = ""
    password: str = field(default="", repr=False)
    tls: Literal["none", "starttls", "tls"] = "none"
    # For the connection and each reply. A task that sends has a minute, so the server has less.
    timeout: float = 10.0
    # For the reply to the final dot, while the server scans the mail.
    final_timeout: float = 25.0

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The part of a service's settings that is about mail."""
        return cls(
            host=settings.smtp_host,
            port=settings.smtp_port,
            mail_from=settings.mail_from,
            user=settings.smtp_user,
            password=settings.smtp_password,
            tls=settings.smtp_tls,
        )

    @property
    def sender(self) -> Mailbox:
        return Mailbox.parse(self.mail_from)

    @property
    def stream(self) -> str:
        """Names what stops together when the server refuses the sender."""
        return f"{self.sender.address} via {self.host}:{self.port}"


class Result(Enum):
    """What became of one delivery."""

    ACCEPTED = "accepted"
    DEFERRED = "deferred"  # 4xx: try again later
    REFUSED = "refused"  # 5xx of this mail or its recipient
    SENDER_REFUSED = "sender_refused"  # 5xx of us: no other mail would fare better
    INTERRUPTED = "interrupted"  # the connection ended before the final dot: not delivered
    UNANSWERED = "unanswered"  # the connection ended after the final dot: nobody knows
    WITHDRAWN = "withdrawn"  # we ourselves stopped before the final dot


@dataclass(frozen=True)
class Outcome:
    """A result and the server's own words: `550 5.1.1 No such user`."""

    result: Result
    reply: str = ""


class SenderRefused(Exception):
    """The server refuses us for good (5xx to the greeting, EHLO, STARTTLS or AUTH)."""


class Unreachable(Exception):
    """There is no connection to the server now (no answer, 4xx, TLS failed)."""


class Connection:
    """An open connection; use it as a context manager, and no more once `is_open` is False."""

    def __init__(self, client: smtplib.SMTP, settings: SmtpSettings) -> None:
        self._client = client
        self._settings = settings
        self.is_open = True

    @classmethod
    def open(cls, settings: SmtpSettings) -> Self:
        """Connect, greet, encrypt and sign in. Raises SenderRefused or Unreachable with the reply."""
        try:
            return cls(_signed_in(settings), settings)
        except smtplib.SMTPResponseException as error:
            reply = _words(error.smtp_code, error.smtp_error)
            raise (SenderRefused if error.smtp_code >= 500 else Unreachable)(reply) from error
        except smtplib.SMTPNotSupportedError as error:
            raise SenderRefused(str(error)) from error
        except (smtplib.SMTPException, OSError) as error:
            raise Unreachable(str(error) or type(error).__name__) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.close()
        else:
            # Where we stopped nobody knows: a QUIT might become part of a mail.
            self._drop()

    def close(self) -> None:
        """Say good-bye without waiting long for the answer."""
        if self.is_open:
            _quit(self._client)
        self._drop()

    def deliver(self, recipient: str, message: bytes, *, before_dot: Callable[[], bool]) -> Outcome:
        """Hand over one mail. `before_dot` is called when only the final dot is missing: it writes
        down that the mail may arrive from now on, or returns False to withdraw it.
        """
        try:
            refusal = self._announce(recipient, message)
            if refusal is None:
                self._client.send(_dot_stuffed(message))
        except (smtplib.SMTPException, OSError) as error:
            return self._broken(Result.INTERRUPTED, error)
        if refusal:
            return self._after_refusal(refusal)
        if not before_dot():
            return self._withdraw()
        return self._finish()

    def _announce(self, recipient: str, message: bytes) -> Outcome | None:
        """MAIL, RCPT, DATA; None when the server waits for the content."""
        sender = self._settings.sender.address
        options = _mail_options(self._client, sender, recipient, message)
        if options is None:
            return Outcome(Result.REFUSED, "The mail server takes no address outside ASCII (SMTPUTF8).")
        self._client.command_encoding = "ascii"
        if refusal := _refused(self._client.mail(sender, options), is_about_sender=True):
            return refusal
        if refusal := _refused(self._client.rcpt(recipient)):
            return refusal
        return _refused(self._client.docmd("DATA"), expected=3)

    def _after_refusal(self, refusal: Outcome) -> Outcome:
        """Make the connection fit for the next mail, or give it up."""
        if refusal.result is Result.INTERRUPTED or not _reset(self._client):
            self._drop()
        return refusal

    def _withdraw(self) -> Outcome:
        """Without its final dot the server throws the mail away."""
        self._drop()
        return Outcome(Result.WITHDRAWN)

    def _finish(self) -> Outcome:
        try:
            _set_timeout(self._client, self._settings.final_timeout)
            self._client.send(b".\r\n")
            code, text = self._client.getreply()
            _set_timeout(self._client, self._settings.timeout)
        except (smtplib.SMTPException, OSError) as error:
            return self._broken(Result.UNANSWERED, error)
        return self._judged(code, text)

    def _judged(self, code: int, text: bytes) -> Outcome:
        if code // 100 == 2:
            return Outcome(Result.ACCEPTED, _words(code, text))
        if code // 100 not in (4, 5):
            self._drop()
            return Outcome(Result.UNANSWERED, _words(code, text))
        if code == CLOSING:
            self._drop()
            return Outcome(Result.DEFERRED, _words(code, text))
        return _refused((code, text)) or Outcome(Result.UNANSWERED)

    def _broken(self, result: Result, error: Exception) -> Outcome:
        self._drop()
        return Outcome(result, str(error)[:LONGEST_REPLY] or type(error).__name__)

    def _drop(self) -> None:
        self.is_open = False
        self._client.close()


def _signed_in(settings: SmtpSettings) -> smtplib.SMTP:
    client = _connected(settings)
    try:
        # A dot of its own would wait for the acknowledgement of the content (Nagle's algorithm).
        _socket(client).setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.ehlo_or_helo_if_needed()
        if settings.tls == "starttls":
            client.starttls(context=ssl.create_default_context())
            client.ehlo_or_helo_if_needed()
        if settings.user:
            client.login(settings.user, settings.password)
    except BaseException:
        client.close()
        raise
    return client


def _connected(settings: SmtpSettings) -> smtplib.SMTP:
    name, timeout = _own_name(), settings.timeout
    if settings.tls == "tls":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(settings.host, settings.port, name, timeout=timeout, context=context)
    return smtplib.SMTP(settings.host, settings.port, name, timeout=timeout)


@cache
def _own_name() -> str:
    """What EHLO says; asked once, since a missing name server makes it slow."""
    return smtplib.SMTP().local_hostname


def _mail_options(client: smtplib.SMTP, sender: str, recipient: str, message: bytes) -> list[str] | None:
    """Parameters of MAIL; None when the server lacks what this mail needs."""
    options = [f"SIZE={len(message)}"] if client.has_extn("size") else []
    head = message.partition(b"\r\n\r\n")[0]
    if (sender + recipient).isascii() and head.isascii():
        return options
    if not client.has_extn("smtputf8"):
        return None
    return [*options, "SMTPUTF8", "BODY=8BITMIME"]


def _refused(reply: tuple[int, bytes], *, is_about_sender: bool = False, expected: int = 2) -> Outcome | None:
    """None for a good reply, else what a bad one means for this mail."""
    code, text = reply
    words = _words(code, text)
    match code // 100:
        case good if good == expected:
            return None
        case 4 if code == CLOSING:
            return Outcome(Result.INTERRUPTED, words)
        case 4:
            return Outcome(Result.DEFERRED, words)
        case 5 if _is_about_sender(code, text) or (is_about_sender and code != TOO_LARGE):
            return Outcome(Result.SENDER_REFUSED, words)
        case 5:
            return Outcome(Result.REFUSED, words)
    return Outcome(Result.INTERRUPTED, words)


def _is_about_sender(code: int, text: bytes) -> bool:
    return code in CREDENTIALS_WANTED or text.decode("ascii", "replace").startswith(SENDER_AT_FAULT)


def _words(code: int, text: bytes | str) -> str:
    words = text if isinstance(text, str) else text.decode("utf-8", "replace")
    return f"{code} {' '.join(words.split())}"[:LONGEST_REPLY]


def _dot_stuffed(message: bytes) -> bytes:
    """RFC 5321, 4.5.2: lines that begin with a dot get another one; the content ends with CRLF."""
    stuffed = (b"\r\n" + message).replace(b"\r\n.", b"\r\n..").removeprefix(b"\r\n")
    return stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n"


def _reset(client: smtplib.SMTP) -> bool:
    try:
        return client.rset()[0] == 250
    except (smtplib.SMTPException, OSError):
        return False


def _quit(client: smtplib.SMTP) -> None:
    try:
        _set_timeout(client, 1.0)
        client.quit()
    except (smtplib.SMTPException, OSError):
        # Every mail has its reply already; how the connection ends changes nothing.
        return


def _set_timeout(client: smtplib.SMTP, seconds: float) -> None:
    _socket(client).settimeout(seconds)


def _socket(client: smtplib.SMTP) -> socket.socket:
    if client.sock is None:
        raise smtplib.SMTPServerDisconnected("The connection is closed.")
    return client.sock
