from typer.testing import CliRunner

from shared.kit import outbox
from shared.kit.cli import app
from shared.kit.database import Sessions
from tests.support.facts import a_confirmed_registration


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == 0, result.output
    return result.output


def test_parked_messages_are_listed_with_their_reason_and_sent_again(sessions: Sessions) -> None:
    with sessions.begin() as session:
        outbox.publish(session, a_confirmed_registration())
        for message in outbox.take_due(session):
            outbox.record_failure(
                session, message.consumer, message.message_id, "unknown name or version", is_final=True
            )
    listed = run("messages", "parked")
    assert listed.count("registration.registration_confirmed.v1") == 2
    assert "unknown name or version" in listed
    assert "registration: 2 sent again" in run("messages", "resend")
    assert run("messages", "parked") == ""


def test_without_trouble_no_stream_is_held_up_and_no_mail_unsent(sessions: Sessions) -> None:
    assert run("mails", "held-up") == run("mails", "unsent") == ""


def test_a_mail_that_is_not_there_is_said_to_be_missing(sessions: Sessions) -> None:
    result = CliRunner().invoke(app, ["mails", "again", "01890a5d-0000-7000-8000-000000000009"])
    assert (result.exit_code, "no such mail" in result.output) == (1, True)
