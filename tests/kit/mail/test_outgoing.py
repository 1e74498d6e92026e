from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError, InvalidRequestError

from shared.kit.database import Sessions, new_id
from shared.kit.mail import (
    Mail,
    MailNotFound,
    MailNotSendable,
    SendReport,
    count_mails,
    forget,
    forget_event,
    list_mails,
    purge,
    queue,
    send_again,
    suppress,
)
from tests.support.facts import EVENT, ORGANISATION
from tests.support.mails import LISBETH, START, a_mail, at, mail_to, put, send, the_mail
from tests.support.scripted_smtp import KEEP_AND_DROP, Script


def recipients(sessions: Sessions, **options: Any) -> list[str]:
    with sessions() as session:
        return [mail.recipient for mail in list_mails(session, EVENT, **options)]


def test_a_queued_mail_remembers_what_its_message_says(sessions: Sessions) -> None:
    new = a_mail(message={"message_id": "<1@example.org>", "locale": "en", "kind": "ticket"}, policy="leave")
    put(sessions, new)
    mail = the_mail(sessions)
    assert (mail.organisation_id, mail.event_id, mail.about_id) == (ORGANISATION, EVENT, new.about_id)
    assert (mail.recipient, mail.message_id, mail.locale, mail.kind) == (
        LISBETH.address,
        "<1@example.org>",
        "en",
        "ticket",
    )
    assert (mail.state, mail.policy, mail.queued_at, mail.is_resend) == ("queued", "leave", START, False)


def test_a_second_mail_for_the_same_reason_is_not_queued(sessions: Sessions) -> None:
    with sessions.begin() as session:
        assert queue(session, a_mail(dedup_key="ticket:1"))
        assert not queue(session, a_mail(dedup_key="ticket:1"))
        assert queue(session, a_mail(dedup_key="ticket:2"))


def test_a_mail_of_a_rolled_back_transaction_is_never_sent(sessions: Sessions, server: Script) -> None:
    with sessions() as session:
        queue(session, a_mail(), now=at(0))
        session.rollback()
    assert send(sessions, server) == SendReport()


def test_a_kind_is_one_word(sessions: Sessions) -> None:
    with sessions() as session, pytest.raises(ValueError, match="one word in small letters"):
        queue(session, a_mail(message={"kind": "Two Words"}))


def test_an_organiser_lists_the_mails_of_one_event(sessions: Sessions, server: Script) -> None:
    person = new_id()
    put(sessions, mail_to("a@example.org"), mail_to("b@example.org", about_id=person))
    put(sessions, mail_to("elsewhere@example.org", event_id=new_id()))
    server.at("RCPT", "550 5.1.1 Gone")
    send(sessions, server)
    assert recipients(sessions) == ["a@example.org", "b@example.org"]
    assert recipients(sessions, state="failed") == ["a@example.org"]
    assert recipients(sessions, about_id=person) == ["b@example.org"]
    assert recipients(sessions, kind="reminder") == []


def test_a_list_goes_on_after_the_last_mail_seen(sessions: Sessions) -> None:
    put(sessions, *(mail_to(f"{letter}@example.org") for letter in "abc"))
    with sessions() as session:
        first = list_mails(session, EVENT, limit=1)[0]
    assert recipients(sessions, after=first.id, limit=5) == ["b@example.org", "c@example.org"]


def test_a_list_never_loads_the_content_of_mails(sessions: Sessions) -> None:
    put(sessions, a_mail())
    with sessions() as session, pytest.raises(InvalidRequestError):
        _ = list_mails(session, EVENT)[0].message


def test_mails_are_counted_by_kind_and_state(sessions: Sessions, server: Script) -> None:
    put(sessions, a_mail(), a_mail(), a_mail(message={"kind": "confirmation"}))
    send(sessions, server, limit=2)
    with sessions() as session:
        assert count_mails(session, EVENT) == {"ticket": {"sent": 2}, "confirmation": {"queued": 1}}


def test_an_organiser_sends_a_failed_mail_again(sessions: Sessions, server: Script) -> None:
    put(sessions, a_mail())
    server.at("RCPT", "550 5.1.1 Gone")
    send(sessions, server)
    with sessions.begin() as session:
        send_again(session, EVENT, the_mail(sessions).id, now=at(50))
    assert send(sessions, server, 50) == SendReport(sent=1)
    assert not the_mail(sessions).is_resend


def test_bulk_mail_that_may_have_arrived_goes_again_only_when_asked(
    sessions: Sessions, server: Script
) -> None:
    put(sessions, a_mail(policy="leave"))
    server.at("DOT", KEEP_AND_DROP)
    send(sessions, server)
    with sessions.begin() as session:
        send_again(session, EVENT, the_mail(sessions).id, now=at(50))
    assert send(sessions, server, 50) == SendReport(sent=1)
    assert the_mail(sessions).is_resend


def test_a_sent_mail_cannot_be_sent_again(sessions: Sessions, server: Script) -> None:
    put(sessions, a_mail())
    send(sessions, server)
    with sessions() as session, pytest.raises(MailNotSendable):
        send_again(session, EVENT, the_mail(sessions).id)


def test_a_mail_of_another_event_is_not_found(sessions: Sessions) -> None:
    put(sessions, a_mail())
    with sessions() as session, pytest.raises(MailNotFound):
        send_again(session, new_id(), the_mail(sessions).id)


def test_a_suppressed_mail_is_listed_and_never_sent(sessions: Sessions, server: Script) -> None:
    person = new_id()
    put(sessions, a_mail(about_id=person), a_mail())
    with sessions.begin() as session:
        assert suppress(session, person) == 1
    assert send(sessions, server) == SendReport(sent=1)
    with sessions() as session:
        assert count_mails(session, EVENT) == {"ticket": {"suppressed": 1, "sent": 1}}


def test_only_the_named_kinds_are_suppressed(sessions: Sessions) -> None:
    person = new_id()
    put(sessions, a_mail(about_id=person), a_mail(about_id=person, message={"kind": "cancelled"}))
    with sessions.begin() as session:
        assert suppress(session, person, kinds=["ticket"]) == 1
        assert count_mails(session, EVENT) == {"ticket": {"suppressed": 1}, "cancelled": {"queued": 1}}


def test_an_erased_person_leaves_no_mail(sessions: Sessions, server: Script) -> None:
    person = new_id()
    put(sessions, a_mail(about_id=person), a_mail(about_id=person), mail_to("other@example.org"))
    send(sessions, server, limit=1)
    with sessions.begin() as session:
        assert forget(session, person) == 2
    assert recipients(sessions) == ["other@example.org"]


def test_an_erased_event_leaves_no_mail(sessions: Sessions) -> None:
    put(sessions, a_mail(), a_mail(event_id=new_id()))
    with sessions.begin() as session:
        assert forget_event(session, EVENT) == 1
    assert recipients(sessions) == []


def test_the_content_of_a_failed_mail_goes_after_a_month(sessions: Sessions, server: Script) -> None:
    put(sessions, a_mail())
    server.at("RCPT", "550 5.1.1 Gone")
    send(sessions, server)
    with sessions.begin() as session:
        assert purge(session, START + timedelta(days=30)) == 0
        assert purge(session, START + timedelta(days=31)) == 1
    with sessions() as session, pytest.raises(MailNotSendable):
        send_again(session, EVENT, the_mail(sessions).id)


@pytest.mark.parametrize(
    "impossible",
    [
        {"state": "arrived"},
        {"policy": "maybe"},
        {"state": "sending"},
        {"lease_until": START},
        {"message": None},
        {"state": "sent", "sent_at": START},
        {"state": "sent", "message": None},
        {"state": "suppressed"},
    ],
)
def test_the_database_refuses_impossible_states(sessions: Sessions, impossible: dict[str, Any]) -> None:
    put(sessions, a_mail())
    with sessions() as session, pytest.raises(IntegrityError):
        session.execute(update(Mail).values(impossible))
