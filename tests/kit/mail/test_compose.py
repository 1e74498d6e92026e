from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kit.mail import Attachment, Calendar, Mailbox, new_message_id
from tests.support.mails import LISBETH, ORGANISER, SENDER, a_message

INVITATION = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:Frühstück\r\nEND:VCALENDAR\r\n".encode()
PDF = b"%PDF-1.7 made up"


def arrived(message: EmailMessage) -> EmailMessage:
    """The message as a mail program reads it."""
    read = message_from_bytes(message.as_bytes(), policy=default)
    assert isinstance(read, EmailMessage)
    return read


def types(message: EmailMessage) -> list[str]:
    return [part.get_content_type() for part in message.walk()]


def test_a_mail_says_from_whom_to_whom_and_that_a_machine_wrote_it() -> None:
    mail = arrived(
        a_message(
            message_id="<1@example.org>", locale="de", kind="ticket", date=datetime(2026, 1, 1, 9, tzinfo=UTC)
        )
    )
    headers = {name: str(mail[name]) for name in mail if not name.startswith(("Content-T", "MIME"))}
    assert headers == {
        "From": "Treffpunkt <treffpunkt@example.org>",
        "To": "Lisbeth Wieloch <lisbeth.wieloch@example.org>",
        "Reply-To": '"Büro, Treffen" <treffen@example.org>',
        "Subject": "Ihr Ticket",
        "Date": "Thu, 01 Jan 2026 09:00:00 +0000",
        "Message-ID": "<1@example.org>",
        "Content-Language": "de",
        "Auto-Submitted": "auto-generated",
        "X-Treffpunkt-Kind": "ticket",
    }


def test_each_mail_gets_an_id_of_its_own_at_the_domain_of_the_sender() -> None:
    first, second = new_message_id(SENDER), new_message_id(SENDER)
    assert first != second
    assert first.endswith("@example.org>")


def test_a_mail_has_the_same_content_as_text_and_as_html() -> None:
    mail = arrived(a_message(text="Grüße", html="<p>Grüße</p>"))
    assert types(mail) == ["multipart/alternative", "text/plain", "text/html"]
    assert [part.get_content().strip() for part in mail.iter_parts()] == ["Grüße", "<p>Grüße</p>"]


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
def test_an_invitation_is_an_alternative_and_a_file(method: str) -> None:
    mail = arrived(
        a_message(
            html="<p>", calendar=Calendar(INVITATION, method), attachments=[Attachment("Ticket Ä.pdf", PDF)]
        )
    )
    assert types(mail) == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/pdf",
        "application/ics",
    ]
    shown = next(part for part in mail.walk() if part.get_content_type() == "text/calendar")
    assert shown.get_param("method") == method
    assert shown.get_param("charset") == "utf-8"
    files = {part.get_filename(): part.get_content() for part in mail.iter_attachments()}
    assert files == {"Ticket Ä.pdf": PDF, "invitation.ics": INVITATION}
    assert shown.get_payload(decode=True) == INVITATION


def test_the_language_is_said_when_there_are_attachments_too() -> None:
    assert arrived(a_message(locale="en", attachments=[Attachment("a.pdf", PDF)]))["Content-Language"] == "en"


@pytest.mark.parametrize(
    "text", ["Two\nlines", "Two\r\nBcc: everybody@example.org", "one\n", "Two\u2028lines"]
)
def test_a_subject_of_two_lines_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="A subject stands on one line"):
        a_message(subject=text)


def test_only_a_mail_that_needs_it_is_written_in_utf8() -> None:
    assert a_message(to=Mailbox("a@bücher.example", "Jürgen"), subject="Ä").as_bytes().isascii()
    assert "<jürgen@example.org>".encode() in a_message(to=Mailbox("jürgen@example.org")).as_bytes()


def test_no_line_is_longer_than_servers_take() -> None:
    mail = a_message(
        text="ohne Ende " * 500, html="<p>" + "x" * 5000, attachments=[Attachment("a.pdf", PDF * 500)]
    )
    assert max(len(line) for line in mail.as_bytes().split(b"\r\n")) <= 998


names = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=100)
# What standard libraries stumble over: quotes, commas, words beside words, scripts beside scripts.
hard_names = st.text('Ö, "\\()<>@.;: ابج李aé', min_size=1, max_size=100)


# What looks like an encoded word, whole and in pieces.
fake_words = st.lists(
    st.sampled_from(["=?utf-8?q?Bcc?=", "=?", "?=", "=?us-ascii?Q?x?=", " ", "Ö", "Jo"]), min_size=1
)
fakes = fake_words.map("".join)


@given(name=names | hard_names | fakes, subject=names | hard_names | fakes)
def test_every_name_and_subject_arrives_as_it_was_typed(name: str, subject: str) -> None:
    mailbox, subject = Mailbox("anna@example.org", name), " ".join(subject.split())
    mail = a_message(to=mailbox, subject=subject).as_bytes()
    head = message_from_bytes(mail)
    assert read_name(head["To"]) == (mailbox.name, "anna@example.org")
    assert decoded(head["Subject"]) == subject
    assert all(len(line) <= 78 for line in mail.partition(b"\r\n\r\n")[0].split(b"\r\n"))


@pytest.mark.parametrize(
    "typed",
    ["=?utf-8?q?Bcc?=", "Jo =?utf-8?b?QmNj?= Roth", "=?us-ascii?Q?a=40b?= <x@example.org>", "Ö =?x?="],
)
def test_a_name_that_looks_encoded_is_shown_as_it_was_typed_by_every_reader(typed: str) -> None:
    mail = a_message(
        to=Mailbox("anna@example.org", typed), reply_to=Mailbox("b@example.org", typed), subject=typed
    )
    by_library, raw = arrived(mail), message_from_bytes(mail.as_bytes())
    for header in ("To", "Reply-To"):
        assert [address.display_name for address in by_library[header].addresses] == [typed]
        assert decoded(raw[header]).rpartition(" <")[0].strip() == typed
        assert "Bcc" not in raw[header]
    assert (by_library["Subject"], decoded(raw["Subject"])) == (typed, typed)


def read_name(header: str) -> tuple[str, str]:
    """Name and address of an unfolded header. `parseaddr` reads no encoded words."""
    line = header.replace("\r\n", "")
    if '"' in line or " <" not in line:
        return parseaddr(line)
    return decoded(line.rpartition(" <")[0]), parseaddr(line)[1]


def decoded(header: str) -> str:
    # The decoder of today's mail programs is not the library's new one, which keeps the spaces
    # between encoded words (RFC 2047, 6.2 says to ignore them).
    return str(make_header(decode_header(header.replace("\r\n", ""))))


def test_the_standard_librarys_own_folding_would_lose_spaces_in_names() -> None:
    """The positive control of the property above; when it fails, headers.py may go."""
    name = "Müller, Dr. Änna " * 8
    mail = a_message(to=Mailbox(LISBETH.address, name)).as_bytes(policy=default.clone(linesep="\r\n"))
    assert read_name(message_from_bytes(mail)["To"])[0] != name.strip()


def test_the_organiser_gets_the_replies() -> None:
    assert arrived(a_message())["Reply-To"].addresses[0].addr_spec == ORGANISER.address
