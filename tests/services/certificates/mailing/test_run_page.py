"""The page that shows the mailing while it runs."""

from sqlalchemy import update

from services.certificates.confirmations.models import Confirmation
from services.certificates.runtime import Sessions
from shared.kit.clock import utc_now
from shared.kit.mail import Mail, MailStream
from tests.services.certificates.api import API, PAGES, browser, program
from tests.services.certificates.model_event import ModelEvent, id_of
from tests.services.certificates.world import every, hear, mails, rule, work

RUN = f"{PAGES}/attendance/mailing/run"


def everybody_has_theirs(few: ModelEvent) -> None:
    hear(*few.messages())
    rule()
    work()


def confirmation_mail(ref: str) -> Mail:
    return next(each for each in every(Mail) if each.kind == "confirmation" and each.about_id == id_of(ref))


def becomes(mail: Mail, state: str, **facts: object) -> None:
    sent = {"sent_at": utc_now(), "message": None} if state == "sent" else {}
    with Sessions.begin() as session:
        session.execute(update(Mail).where(Mail.id == mail.id).values(state=state, **sent, **facts))


def test_it_counts_by_state_and_is_loaded_again_while_something_waits(few: ModelEvent) -> None:
    everybody_has_theirs(few)
    becomes(confirmation_mail("P11"), "sent")
    page = browser().get(RUN).text
    assert 'data-hx-trigger="every 2s"' in page
    assert "<html" not in page
    whole = browser().get(f"{PAGES}/attendance/mailing").text
    assert "About" in whole
    for ref in ("P03", "P15"):
        becomes(confirmation_mail(ref), "sent")
    done = browser().get(RUN).text
    assert "data-hx-trigger" not in done
    assert "No mail is on its way." in done


def test_a_refused_mail_says_why_and_is_sent_again(few: ModelEvent) -> None:
    everybody_has_theirs(few)
    refused = confirmation_mail("P11")
    becomes(refused, "failed", last_reply="550 no such user", attempts=1)
    page = browser().get(RUN).text
    assert "550 no such user" in page
    assert f"{PAGES}/attendance/mailing/mails/{refused.id}/again" in page
    assert browser().post(f"{PAGES}/attendance/mailing/mails/{refused.id}/again").status_code == 303
    assert confirmation_mail("P11").state == "queued"


def test_a_stopped_stream_is_named(few: ModelEvent) -> None:
    everybody_has_theirs(few)
    with Sessions.begin() as session:
        session.add(MailStream(name="x", reason="553 sender refused", since=utc_now(), stopped_at=utc_now()))
    assert "553 sender refused" in browser().get(RUN).text


def bounce(address: str) -> int:
    return browser().post(f"{PAGES}/attendance/mailing/bounced", data={"address": address}).status_code


def test_what_came_back_is_mailed_again_when_the_address_is_corrected(few: ModelEvent) -> None:
    everybody_has_theirs(few)
    mail = confirmation_mail("P11")
    becomes(mail, "sent")
    assert bounce(mail.recipient) == 303
    assert "Confirmations whose mail came back" in browser().get(RUN).text
    hear(few.confirmed(few.person("P11"), sequence=2, email="new.address@example.org"))
    work()
    [again] = [
        each for each in mails("confirmation") if str(each["To"]).endswith("<new.address@example.org>")
    ]
    assert [part.get_content_type() for part in again.walk()].count("application/pdf") == 1
    work()
    assert (
        len([each for each in every(Mail) if each.about_id == id_of("P11") and each.kind == "confirmation"])
        == 2
    )
    assert {each.bounced_at for each in every(Confirmation)} == {None}


def test_a_refused_mail_goes_to_the_corrected_address_by_itself(few: ModelEvent) -> None:
    everybody_has_theirs(few)
    becomes(confirmation_mail("P11"), "failed", last_reply="550 no such user", attempts=1)
    hear(few.confirmed(few.person("P11"), sequence=2, email="new.address@example.org"))
    work()
    assert "new.address@example.org" in {each.recipient for each in every(Mail)}


def test_an_address_to_which_nothing_was_mailed_is_not_known(few: ModelEvent) -> None:
    everybody_has_theirs(few)
    assert (bounce("nobody@example.org"), bounce("no address")) == (404, 404)


def test_programs_see_the_run_and_tell_of_what_came_back(few: ModelEvent) -> None:
    everybody_has_theirs(few)
    becomes(confirmation_mail("P11"), "sent")
    told = program().post(f"{API}/mailing/bounces", json={"address": confirmation_mail("P11").recipient})
    assert (told.status_code, told.json()) == (200, {"confirmations": 1})
    run = program().get(f"{API}/mailing").json()
    assert (run["counts"], run["waiting"], run["bounced"]) == ({"sent": 1, "queued": 2}, 2, 1)


def test_a_confirmation_that_is_withdrawn_before_its_mail_has_left_is_not_mailed(few: ModelEvent) -> None:
    everybody_has_theirs(few)
    own = next(each for each in every(Confirmation) if each.registration_id == id_of("P11"))
    program().post(f"{API}/confirmations/{own.confirmation_id}/withdraw")
    assert confirmation_mail("P11").state == "suppressed"
