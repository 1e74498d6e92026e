import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from shared.kit.mail import SmtpSettings
from shared.kit.mail.smtp import Connection, Outcome, Result, SenderRefused, Unreachable
from shared.kit.settings import Settings
from tests.support.mails import HASTY, LISBETH, a_message, settings_of
from tests.support.scripted_smtp import DROP, HANG, Script, a_scripted_server, only


def deliver(server: Script, recipient: str = LISBETH.address, **settings: Any) -> Outcome:
    with Connection.open(settings_of(server, **settings)) as connection:
        return connection.deliver(recipient, a_message().as_bytes(), before_dot=lambda: True)


def test_the_services_settings_say_which_server_takes_the_mails() -> None:
    settings = SmtpSettings.of(
        Settings(smtp_host="mail.example.org", smtp_port=587, smtp_tls="starttls", mail_from="a@example.org")
    )
    assert (settings.host, settings.port, settings.tls) == ("mail.example.org", 587, "starttls")
    assert settings.stream == "a@example.org via mail.example.org:587"


def test_a_delivery_gives_the_servers_own_words(server: Script) -> None:
    assert deliver(server) == Outcome(Result.ACCEPTED, "250 OK")


def test_a_mail_that_we_withdraw_before_the_final_dot_does_not_arrive(server: Script) -> None:
    with Connection.open(settings_of(server)) as connection:
        outcome = connection.deliver(LISBETH.address, a_message().as_bytes(), before_dot=lambda: False)
        assert not connection.is_open
    assert (outcome.result, server.mails) == (Result.WITHDRAWN, [])


def test_the_server_has_nothing_when_the_final_dot_is_still_missing(server: Script) -> None:
    seen: list[int] = []

    def look() -> bool:
        seen.append(len(server.mails))
        return True

    with Connection.open(settings_of(server)) as connection:
        connection.deliver(LISBETH.address, a_message().as_bytes(), before_dot=look)
    assert (seen, len(server.mails)) == ([0], 1)


def test_after_a_refusal_the_connection_takes_the_next_mail(server: Script) -> None:
    server.at("RCPT", "550 5.1.1 Gone")
    with Connection.open(settings_of(server)) as connection:
        results = [
            connection.deliver(LISBETH.address, a_message().as_bytes(), before_dot=lambda: True).result
            for _ in range(2)
        ]
    assert results == [Result.REFUSED, Result.ACCEPTED]


def test_an_address_outside_ascii_is_refused_where_the_server_cannot_take_it() -> None:
    with a_scripted_server() as server:
        outcome = deliver(server, "jürgen@example.org")
    assert outcome.result is Result.REFUSED
    assert "SMTPUTF8" in outcome.reply


def test_a_mail_larger_than_the_server_takes_is_refused_before_it_is_transferred() -> None:
    with a_scripted_server(data_size_limit=100) as server:
        outcome = deliver(server)
    assert (outcome.result, outcome.reply[:3]) == (Result.REFUSED, "552")


@pytest.mark.parametrize("trouble", ["421 4.3.2 Shutting down", "nonsense"])
def test_a_server_that_does_not_greet_is_unreachable(server: Script, trouble: str) -> None:
    server.at("CONNECT", trouble)
    with pytest.raises(Unreachable):
        Connection.open(settings_of(server))


@pytest.mark.parametrize("trouble", [DROP, HANG])
def test_a_server_that_falls_silent_is_unreachable(server: Script, trouble: str) -> None:
    server.at("EHLO", trouble)
    with pytest.raises(Unreachable):
        Connection.open(settings_of(server, timeout=HASTY))


def test_a_password_is_sent_over_tls_and_a_wrong_one_refuses_the_sender(certificate: Path) -> None:
    with a_server_with_tls(certificate) as server:
        account = {"tls": "starttls", "user": "treffpunkt"}
        assert deliver(server, **account, password="richtig").result is Result.ACCEPTED
        with pytest.raises(SenderRefused, match=r"^535 "):
            deliver(server, **account, password="falsch")


def test_a_server_that_wants_a_password_refuses_a_sender_without_one(certificate: Path) -> None:
    with a_server_with_tls(certificate) as server:
        assert deliver(server, tls="starttls").result is Result.SENDER_REFUSED


def test_a_sign_in_that_fails_for_now_is_tried_again_later(certificate: Path) -> None:
    with a_server_with_tls(certificate) as server:
        server.at("AUTH", *["454 4.7.0 Temporary authentication failure"] * 3)
        with pytest.raises(Unreachable, match=r"^454 "):
            deliver(server, tls="starttls", user="treffpunkt", password="richtig")


def test_a_server_without_encryption_gets_nothing_where_encryption_is_set(server: Script) -> None:
    with pytest.raises(SenderRefused, match="STARTTLS"):
        deliver(server, tls="starttls", user="treffpunkt", password="richtig")


def test_a_server_with_an_unknown_certificate_gets_nothing(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_server_with_tls(certificate) as server:
        monkeypatch.delenv("SSL_CERT_FILE")
        with pytest.raises(Unreachable, match="certificate verify failed"):
            deliver(server, tls="starttls", user="treffpunkt", password="richtig")


def a_server_with_tls(certificate: Path) -> Any:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return a_scripted_server(
        tls_context=context, auth_required=True, authenticator=only("treffpunkt", "richtig")
    )


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A certificate of the loopback address, which this process trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.example.org")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(
            name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1)
        )
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    file = tmp_path / "certificate.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(secret + signed.public_bytes(Encoding.PEM))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    return file
