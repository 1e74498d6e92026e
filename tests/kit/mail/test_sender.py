"""Each sentence here is about a real SMTP server that misbehaves, and a real database."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from shared.kit.database import Sessions
from shared.kit.mail import Mail, SendReport, forget, held_up_streams, resume_stream, sender, suppress
from shared.kit.mail.sender import Pace
from tests.support.mails import HASTY, LISBETH, START, a_mail, at, mail_to, put, send, settings_of, the_mail
from tests.support.scripted_smtp import DROP, DROP_BEFORE_DOT, HANG, KEEP_AND_DROP, KEEP_AND_HANG, Script
from tests.support.servers import Database


def state_of(sessions: Sessions) -> str:
    return the_mail(sessions).state


def held_up(sessions: Sessions) -> list[str]:
    with sessions() as session:
        return [stream.reason for stream in held_up_streams(session)]


def test_a_queued_mail_arrives_and_leaves_no_copy(sessions: Sessions, server: Script) -> None:
    put(sessions, a_mail(message={"text": "Hier ist Ihr Ticket."}))
    assert send(sessions, server) == SendReport(sent=1)
    mail = the_mail(sessions)
    assert (mail.state, mail.sent_at, mail.last_reply) == ("sent", START, "250 OK")
    with sessions() as session:
        assert session.query(Mail).filter(Mail.message.is_not(None)).count() == 0
    assert server.recipients == [LISBETH.address]
    assert "Hier ist Ihr Ticket." in server.messages[0].get_content()


def test_a_sent_mail_is_not_sent_again(sessions: Sessions, server: Script) -> None:
    put(sessions, a_mail())
    send(sessions, server)
    assert send(sessions, server, 10_000) == SendReport()
    assert len(server.mails) == 1


def test_a_mail_is_not_sent_before_its_time(sessions: Sessions, server: Script) -> None:
    put(sessions, a_mail(not_before=START + timedelta(hours=1)))
    assert send(sessions, server, 3599) == SendReport()
    assert send(sessions, server, 3600) == SendReport(sent=1)


def test_a_batch_goes_over_one_connection(sessions: Sessions, server: Script) -> None:
    put(sessions, *(a_mail() for _ in range(5)))
    assert send(sessions, server).sent == 5
    assert server.connections == 1


def test_nobody_calls_the_server_when_nothing_is_due(sessions: Sessions, server: Script) -> None:
    send(sessions, server)
    assert server.connections == 0


def test_lines_that_begin_with_dots_arrive_whole(sessions: Sessions, server: Script) -> None:
    put(sessions, a_mail(message={"text": ".\n..\n.hidden\nend"}))
    send(sessions, server)
    assert server.messages[0].get_content().splitlines() == [".", "..", ".hidden", "end"]


def test_a_recipient_outside_ascii_is_reached_by_smtputf8(sessions: Sessions, server: Script) -> None:
    put(sessions, mail_to("jürgen@bücher.example"), a_mail())
    assert send(sessions, server).sent == 2
    assert server.recipients == ["jürgen@xn--bcher-kva.example", LISBETH.address]


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "DOT"])
def test_a_mail_refused_for_now_is_tried_again_later(sessions: Sessions, server: Script, verb: str) -> None:
    put(sessions, a_mail())
    server.at(verb, "450 4.2.1 Greylisted, come back later")
    assert send(sessions, server) == SendReport(queued_again=1)
    assert the_mail(sessions).last_reply == "450 4.2.1 Greylisted, come back later"
    assert send(sessions, server, 9) == SendReport()
    assert send(sessions, server, 10) == SendReport(sent=1)
    assert len(server.mails) == 1


def test_the_pauses_between_attempts_grow_up_to_a_limit(sessions: Sessions, server: Script) -> None:
    put(sessions, a_mail())
    server.at("RCPT", *["450 4.2.1 Busy"] * 4)
    pauses, moment = [], 0.0
    for _ in range(4):
        send(sessions, server, moment)
        pause = (the_mail(sessions).not_before - at(moment)()).total_seconds()
        pauses.append(pause)
        moment += pause
    assert pauses == [10, 20, 40, 80]


def test_after_its_last_attempt_a_mail_has_failed(sessions: Sessions, server: Script) -> None:
    put(sessions, a_mail())
    server.at("RCPT", *["450 4.2.1 Busy"] * 5)
    reports = [send(sessions, server, 1000 * attempt) for attempt in range(6)]
    assert [report.queued_again for report in reports] == [1, 1, 1, 1, 0, 0]
    assert state_of(sessions) == "failed"


@pytest.mark.parametrize(
    ("verb", "reply"),
    [
        ("RCPT", "550 5.1.1 No such user"),
        ("DATA", "554 5.6.0 Not like this"),
        ("DOT", "552 5.3.4 Too large"),
        ("MAIL", "552 5.3.4 Too large"),
    ],
)
def test_a_refused_recipient_or_mail_has_failed_and_the_next_one_goes(
    sessions: Sessions, server: Script, verb: str, reply: str
) -> None:
    put(sessions, mail_to("nobody@example.org"), mail_to("somebody@example.org"))
    server.at(verb, reply)
    assert send(sessions, server) == SendReport(sent=1, failed=1)
    assert server.recipients == ["somebody@example.org"]
    assert server.connections == 1
    assert send(sessions, server, 10_000) == SendReport()


@pytest.mark.parametrize(
    ("verb", "reply"),
    [
        ("CONNECT", "554 5.3.2 No service for you"),
        ("MAIL", "550 5.1.8 We do not know this sender"),
        ("RCPT", "530 5.7.0 Sign in first"),
        ("DOT", "550 5.1.7 A bad sender"),
    ],
)
def test_a_refused_sender_stops_the_stream_until_somebody_resumes_it(
    sessions: Sessions, server: Script, verb: str, reply: str
) -> None:
    put(sessions, a_mail(), a_mail())
    server.at(verb, reply)
    assert send(sessions, server).held_up == reply
    assert send(sessions, server, 1_000_000) == SendReport(held_up=reply)
    assert (held_up(sessions), server.mails) == ([reply], [])
    with sessions.begin() as session:
        assert resume_stream(session) == 1
    assert send(sessions, server, 1_000_000) == SendReport(sent=2)
    assert held_up(sessions) == []


def test_a_server_that_refuses_every_greeting_stops_the_stream(sessions: Sessions, server: Script) -> None:
    put(sessions, a_mail())
    server.at("EHLO", "550 5.7.1 Go away")
    server.at("HELO", "550 5.7.1 Go away")
    assert send(sessions, server).held_up == "550 5.7.1 Go away"


def test_what_holds_up_a_stream_names_no_recipient(sessions: Sessions, server: Script) -> None:
    put(sessions, a_mail())
    server.at("RCPT", f"530 5.7.0 <{LISBETH.address}>: sign in first")
    assert send(sessions, server).held_up == "530 5.7.0 <…>: sign in first"
    assert held_up(sessions) == ["530 5.7.0 <…>: sign in first"]


def test_a_refused_sender_costs_no_mail_an_attempt(sessions: Sessions, server: Script) -> None:
    put(sessions, a_mail())
    server.at("MAIL", "550 5.1.8 We do not know this sender")
    send(sessions, server)
    mail = the_mail(sessions)
    assert (mail.state, mail.attempts) == ("queued", 0)


def test_a_server_that_is_down_is_asked_after_growing_pauses(sessions: Sessions, server: Script) -> None:
    put(sessions, a_mail())
    server.at("CONNECT", *["421 4.3.2 Shutting down"] * 4)
    for moment in (0, 3, 9, 19):
        assert send(sessions, server, moment).held_up == "421 4.3.2 Shutting down"
        assert send(sessions, server, moment + 2.9).held_up == "421 4.3.2 Shutting down"
    assert server.connections == 4
    assert (state_of(sessions), the_mail(sessions).attempts) == ("queued", 0)
    assert send(sessions, server, 29) == SendReport(sent=1)
    assert held_up(sessions) == []


def test_a_server_that_nobody_can_reach_holds_up_the_stream(sessions: Sessions, server: Script) -> None:
    put(sessions, a_mail())
    unused = Script()
    unused.port = 1
    assert "refused" in send(sessions, unused).held_up
    assert state_of(sessions) == "queued"


@pytest.mark.parametrize(
    ("verb", "trouble"),
    [
        ("MAIL", DROP),
        ("RCPT", DROP),
        ("RCPT", HANG),
        ("DATA", DROP),
        ("DATA", HANG),
        ("DATA", DROP_BEFORE_DOT),
        ("RCPT", "421 4.3.2 Shutting down"),
        ("DOT", "421 4.3.2 Shutting down"),
    ],
)
def test_a_mail_that_cannot_have_arrived_goes_back_to_the_queue_and_arrives_once(
    sessions: Sessions, server: Script, verb: str, trouble: str
) -> None:
    # Too large for the buffers between us, so that we notice that the server takes no more.
    text = "A long text. " * (400_000 if trouble == DROP_BEFORE_DOT else 1)
    put(sessions, a_mail(policy="leave", message={"text": text}))
    server.at(verb, trouble)
    report = send(sessions, server, timeout=HASTY)
    assert (report.queued_again, report.unknown) == (1, 0)
    assert held_up(sessions)
    assert send(sessions, server, 10) == SendReport(sent=1)
    assert len(server.mails) == 1


@pytest.mark.parametrize("trouble", [KEEP_AND_DROP, KEEP_AND_HANG])
def test_bulk_mail_that_may_have_arrived_is_listed_and_left(
    sessions: Sessions, server: Script, trouble: str
) -> None:
    put(sessions, a_mail(policy="leave"))
    server.at("DOT", trouble)
    assert send(sessions, server, timeout=HASTY).unknown == 1
    assert state_of(sessions) == "unknown"
    assert send(sessions, server, 1_000_000) == SendReport()
    assert len(server.mails) == 1


def test_a_ticket_that_may_have_arrived_goes_once_more_after_a_pause_with_the_same_message_id(
    sessions: Sessions, server: Script
) -> None:
    put(sessions, a_mail(policy="again"))
    server.at("DOT", KEEP_AND_DROP)
    send(sessions, server)
    assert send(sessions, server, 29) == SendReport()
    assert send(sessions, server, 30) == SendReport(sent=1)
    first, second = server.messages
    assert first["Message-ID"] == second["Message-ID"]
    assert the_mail(sessions).is_resend


def test_a_ticket_that_may_have_arrived_twice_is_left(sessions: Sessions, server: Script) -> None:
    put(sessions, a_mail(policy="again"))
    server.at("DOT", KEEP_AND_DROP, KEEP_AND_DROP)
    assert [send(sessions, server, moment).unknown for moment in (0, 100, 200, 300)] == [1, 1, 0, 0]
    assert (state_of(sessions), len(server.mails)) == ("unknown", 2)


def test_without_the_state_sending_a_dropped_connection_would_send_bulk_mail_twice(
    sessions: Sessions, server: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The positive control of the next test: a crash after the final dot looks like one before it."""
    monkeypatch.setattr(sender, "_mark_sending", lambda run, mail_id: True)
    put(sessions, a_mail(policy="leave"))
    with pytest.raises(KilledError):
        die_at("_record", sessions, server)
    send(sessions, server, 61)
    assert len(server.mails) == 2


def test_a_sender_killed_after_the_final_dot_leaves_a_mail_unknown(
    sessions: Sessions, server: Script
) -> None:
    put(sessions, a_mail(policy="leave"))
    with pytest.raises(KilledError):
        die_at("_record", sessions, server)
    assert state_of(sessions) == "sending"
    told: list[str] = []
    send(sessions, server, 61, on_result=lambda session, mail: told.append(mail.state))
    assert (state_of(sessions), told, len(server.mails)) == ("unknown", ["unknown"], 1)


class KilledError(BaseException):
    """The process is gone."""


def die_at(step: str, sessions: Sessions, server: Script) -> None:
    """A sender that is killed at a step, with no time to give anything back."""

    def die(*_: Any) -> Any:
        raise KilledError

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sender, step, die)
        patched.setattr(sender, "_release", lambda run: None)
        send(sessions, server)


def test_a_sender_killed_before_the_final_dot_gives_its_mails_back(
    sessions: Sessions, server: Script
) -> None:
    put(sessions, a_mail(policy="leave"), a_mail(policy="leave"))
    with pytest.raises(KilledError):
        die_at("_mark_sending", sessions, server)
    assert send(sessions, server, 59) == SendReport()
    assert send(sessions, server, 61) == SendReport(sent=2)
    assert len(server.mails) == 2


def test_an_answer_that_comes_after_the_lease_still_counts(sessions: Sessions, server: Script) -> None:
    put(sessions, a_mail(policy="leave"))
    told: list[str] = []
    mark = sender._mark_sending

    def mark_and_lose_the_lease(run: Any, mail_id: Any) -> bool:
        marked = mark(run, mail_id)
        sender.recover(sessions, now=at(1000))
        assert state_of(sessions) == "unknown"
        return marked

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sender, "_mark_sending", mark_and_lose_the_lease)
        report = send(sessions, server, on_result=lambda session, mail: told.append(mail.state))
    assert report.sent == 1
    assert (state_of(sessions), told) == ("sent", ["sent"])


@pytest.fixture
def away_after_the_mark(
    sessions: Sessions, database: Database, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], None]]:
    """The database refuses our role from just before a final dot on, for half a second; call it to wait for it."""
    with sessions() as session:
        role = session.scalar(text("SELECT current_user"))
    back = threading.Timer(0.5, database.superuser.execute, [f"ALTER ROLE {role} LOGIN"])
    mark = sender._mark_sending

    def mark_and_go(run: Any, mail_id: Any) -> bool:
        marked = mark(run, mail_id)
        database.superuser.execute(f"ALTER ROLE {role} NOLOGIN")
        of_ours = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s"
        database.superuser.execute(of_ours, [role])
        back.start()
        return marked

    monkeypatch.setattr(sender, "_mark_sending", mark_and_go)
    yield back.join
    back.join()


@pytest.mark.usefixtures("away_after_the_mark")
def test_an_answer_waits_for_a_database_that_restarts(sessions: Sessions, server: Script) -> None:
    put(sessions, a_mail(policy="leave"))
    assert send(sessions, server) == SendReport(sent=1)
    assert (state_of(sessions), len(server.mails)) == ("sent", 1)


def test_without_patience_the_answer_would_be_lost(
    sessions: Sessions, server: Script, away_after_the_mark: Callable[[], None]
) -> None:
    """The positive control of the test above."""
    put(sessions, a_mail(policy="leave"))
    with pytest.raises(OperationalError):
        send(sessions, server, pace=Pace(patience=timedelta(0)))
    away_after_the_mark()
    assert state_of(sessions) == "sending"


def test_two_senders_never_send_the_same_mail(sessions: Sessions, server: Script) -> None:
    put(sessions, *(mail_to(f"person{number}@example.org") for number in range(20)))
    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(lambda _: send(sessions, server, limit=8), range(4)))
    assert sum(report.sent for report in reports) == 20
    assert sorted(server.recipients) == sorted({f"person{number}@example.org" for number in range(20)})


def test_a_sender_that_lost_its_claim_does_not_send(sessions: Sessions, server: Script) -> None:
    put(sessions, a_mail())
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sender, "_mark_sending", lose_the_claim_first(sessions, sender._mark_sending))
        assert send(sessions, server) == SendReport()
    assert server.mails == []
    assert send(sessions, server, 61) == SendReport(sent=1)


def lose_the_claim_first(sessions: Sessions, mark: Any) -> Any:
    def lose_and_mark(run: Any, mail_id: Any) -> bool:
        sender.recover(sessions, now=at(1000))
        return bool(mark(run, mail_id))

    return lose_and_mark


def test_without_its_mark_on_the_mail_a_sender_that_lost_its_claim_would_send(
    sessions: Sessions, server: Script
) -> None:
    """The positive control of the test above."""
    put(sessions, a_mail())
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sender, "_mark_sending", lose_the_claim_first(sessions, lambda run, mail_id: True))
        send(sessions, server)
    send(sessions, server, 61)
    assert len(server.mails) == 2


@pytest.mark.parametrize("withdraw", [suppress, forget])
def test_a_mail_withdrawn_after_its_claim_is_not_sent(
    sessions: Sessions, server: Script, withdraw: Any
) -> None:
    mails = [a_mail(), a_mail()]
    put(sessions, *mails)

    def withdraw_the_second(session: Session, mail: Mail) -> None:
        assert mails[1].about_id is not None
        assert withdraw(session, mails[1].about_id) == 1

    assert send(sessions, server, on_result=withdraw_the_second) == SendReport(sent=1)
    assert len(server.mails) == 1


def test_a_listener_that_fails_does_not_make_a_sent_mail_look_unsent(
    sessions: Sessions, server: Script
) -> None:
    def fail(session: Session, mail: Mail) -> None:
        raise LookupError

    put(sessions, a_mail(), a_mail())
    with pytest.raises(LookupError):
        send(sessions, server, on_result=fail)
    assert send(sessions, server) == SendReport(sent=1)
    assert len(server.mails) == 2


def test_results_are_told_in_the_transaction_that_writes_them(sessions: Sessions, server: Script) -> None:
    put(sessions, mail_to("gone@example.org"), mail_to("busy@example.org"), mail_to("here@example.org"))
    server.at("RCPT", "550 5.1.1 Gone", "450 4.2.1 Busy")
    told: list[tuple[str, str]] = []
    send(sessions, server, on_result=lambda session, mail: told.append((mail.recipient, mail.state)))
    assert told == [("gone@example.org", "failed"), ("here@example.org", "sent")]


def test_a_run_begins_no_mail_after_its_time_and_gives_the_rest_back(
    sessions: Sessions, server: Script
) -> None:
    put(sessions, a_mail(), a_mail())
    assert send(sessions, server, seconds=0) == SendReport()
    assert send(sessions, server) == SendReport(sent=2)


def test_a_run_waits_for_its_turn_but_not_beyond_its_time(sessions: Sessions, server: Script) -> None:
    waits = iter([0.0, 0.01, 0.0, 60.0, 60.0, 60.0])
    put(sessions, *(a_mail() for _ in range(3)))
    assert send(sessions, server, seconds=0.5, throttle=lambda: next(waits)) == SendReport(sent=2)


def test_a_busy_sender_does_not_keep_another_from_taking_back_lost_mails(
    sessions: Sessions, server: Script
) -> None:
    put(sessions, a_mail())
    lost = {"state": "claimed", "lease_until": START, "claim_id": the_mail(sessions).id}
    with sessions.begin() as session:
        session.execute(update(Mail).values(lost))
    with sessions.begin() as session:
        session.execute(update(Mail).values(kind="ticket"))
        waiting = threading.Thread(target=lambda: sender.recover(sessions, now=at(1)))
        waiting.start()
        waiting.join(2)
        assert not waiting.is_alive()
    assert send(sessions, server, 1) == SendReport(sent=1)


def test_the_password_of_the_server_is_not_shown(server: Script) -> None:
    assert "geheim" not in repr(settings_of(server, password="geheim"))
