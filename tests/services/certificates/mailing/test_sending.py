from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from services.certificates.mailing.tasks import forget_expired, send_mails
from services.certificates.runs.files import store
from services.certificates.runtime import Sessions, settings
from shared.kit.mail import Mail
from tests.services.certificates.model_event import ModelEvent
from tests.services.certificates.world import hear, mails, rule, work
from tests.support.mailbox import Mailbox
from tests.support.papers import texts


def test_tickets_and_confirmations_arrive_in_the_mailbox(few: ModelEvent, mailbox: Mailbox) -> None:
    hear(few.published(), *map(few.confirmed, few.participants))
    hear(few.released(), *map(few.scanned, few.door_log), few.closed(), few.totals())
    rule()
    work()
    send_mails()
    kinds = sorted(str(mail["X-Treffpunkt-Kind"]) for mail in mailbox.mails())
    assert kinds == ["confirmation"] * 3 + ["ticket"] * 5


def test_sending_again_sends_nothing(few: ModelEvent, mailbox: Mailbox) -> None:
    hear(few.published(), few.confirmed(few.person("P11")))
    send_mails()
    send_mails()
    assert len(mailbox.mails()) == 1


def test_a_mail_that_failed_long_ago_keeps_no_copy_of_the_paper(few: ModelEvent) -> None:
    hear(few.published(), few.confirmed(few.person("P11")), few.confirmed(few.person("P01")))
    with Sessions.begin() as session:
        oldest = session.scalars(select(Mail).order_by(Mail.id)).first()
        assert oldest is not None
        oldest.state, oldest.queued_at = "failed", datetime.now(UTC) - timedelta(days=31)
    forget_expired()
    assert sorted(len(mail.get_payload()) > 0 for mail in mails("ticket")) == [False, True]


def test_the_ticket_in_the_mailbox_is_the_whole_paper(few: ModelEvent, mailbox: Mailbox) -> None:
    hear(few.published(), few.confirmed(few.person("P11")))
    send_mails()
    paper = next(part for part in mailbox.mails()[0].walk() if part.get_content_type() == "application/pdf")
    assert "Lotti Geisel" in texts(paper.get_content())[0]


def test_a_file_is_whole_or_not_there() -> None:
    store("tests/one.pdf", b"first")
    store("tests/one.pdf", b"second")
    folder = settings.documents_dir / "tests"
    assert [(path.name, path.read_bytes()) for path in folder.iterdir()] == [("one.pdf", b"second")]
