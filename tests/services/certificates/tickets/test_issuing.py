from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import icalendar
import pytest

from services.certificates.copies.models import Attendee
from services.certificates.runtime import settings
from services.certificates.tickets.models import Ticket
from services.certificates.tickets.service import ticket_key
from shared.contracts.agenda import EventState
from shared.contracts.registration import RegistrationStatus
from shared.contracts.ticket_code import show_short_code, verify
from tests.services.certificates.api import PAGES, browser
from tests.services.certificates.model_event import ModelEvent, id_of
from tests.services.certificates.world import every, hear, mails, part, told, work
from tests.support.facts import EVENT
from tests.support.papers import qr_codes, texts


def the_only(things: list[Any]) -> Any:
    assert len(things) == 1
    return things[0]


def invitation(mail: EmailMessage) -> tuple[str, Any]:
    calendar = icalendar.Calendar.from_ical(part(mail, "text/calendar"))
    return str(calendar["METHOD"]), calendar.walk("VEVENT")[0]


def text_of(mail: EmailMessage) -> str:
    return str(part(mail, "text/plain"))


def test_whoever_has_a_place_is_mailed_a_ticket_that_the_door_can_verify(few: ModelEvent) -> None:
    hear(few.published(), few.confirmed(few.person("P11")))
    mail = the_only(mails("ticket"))
    code = qr_codes(part(mail, "application/pdf"))[0][0]
    assert verify(code, EVENT, [ticket_key().public_key().public_bytes_raw()]) == id_of("P11")
    assert "Lotti Geisel" in texts(part(mail, "application/pdf"))[0]


def test_the_mail_has_everything_that_the_person_needs(few: ModelEvent) -> None:
    hear(few.published(), few.confirmed(few.person("P11")))
    mail = the_only(mails("ticket"))
    assert mail["Subject"] == "Ihre Eintrittskarte: Vernetzungstreffen des KI-Hubs Sachsen-Thüringen"
    assert mail["Reply-To"].addresses[0].addr_spec == "treffen@example.org"
    assert show_short_code(the_only(every(Ticket)).short_code) in text_of(mail)
    assert "http://localhost:8080/registration/r/P11" in text_of(mail)
    method, event = invitation(mail)
    assert (method, event["sequence"]) == ("REQUEST", 0)


def test_the_mail_is_in_the_attendees_language(model_event: ModelEvent) -> None:
    hear(model_event.published(), model_event.confirmed(model_event.person("P07")))
    mail = the_only(mails("ticket"))
    assert (mail["Content-Language"], mail["Subject"]) == (
        "en",
        "Your ticket: Networking meeting of the AI Hub Saxony-Thuringia",
    )


def test_the_door_hears_of_the_ticket_once(few: ModelEvent) -> None:
    hear(few.published(), few.confirmed(few.person("P11")), few.confirmed(few.person("P11"), sequence=2))
    message = the_only(told("certificates.ticket_issued.v1"))
    assert message["short_code"] == the_only(every(Ticket)).short_code
    assert message["registration_id"] == str(id_of("P11"))


def test_a_registration_that_overtakes_its_event_gets_its_ticket_when_the_event_is_here(
    few: ModelEvent,
) -> None:
    hear(few.confirmed(few.person("P11")))
    work()
    assert mails("ticket") == []
    hear(few.published())
    work()
    assert len(mails("ticket")) == 1


def test_a_place_that_came_free_is_called_so(few: ModelEvent) -> None:
    hear(few.published(), few.confirmed(few.person("P11"), promoted=True))
    assert "frei geworden" in text_of(the_only(mails("ticket")))


def test_the_same_message_again_mails_nothing(few: ModelEvent) -> None:
    for _ in range(3):
        hear(few.published(), few.confirmed(few.person("P11")))
    work()
    assert len(mails()) == 1


def test_a_changed_name_brings_a_new_paper_with_the_same_code(few: ModelEvent) -> None:
    person = few.person("P11")
    hear(few.published(), few.confirmed(person), few.confirmed(person, sequence=2, last_name="Geisel-Roth"))
    first, second = (part(mail, "application/pdf") for mail in mails())
    assert [str(mail["X-Treffpunkt-Kind"]) for mail in mails()] == ["ticket", "ticket_changed"]
    assert "Lotti Geisel-Roth" in texts(second)[0]
    assert qr_codes(first) == qr_codes(second)


def test_an_older_state_that_arrives_late_changes_nothing(few: ModelEvent) -> None:
    person = few.person("P11")
    hear(few.published(), few.confirmed(person, sequence=2, last_name="Geisel-Roth"), few.confirmed(person))
    assert the_only(every(Attendee)).last_name == "Geisel-Roth"
    assert len(mails()) == 1


def test_a_new_time_is_sent_to_everybody_with_the_next_sequence(few: ModelEvent) -> None:
    hear(few.published(), *map(few.confirmed, few.participants))
    later = few.published(sequence=4, starts_at=few.closed().starts_at + timedelta(hours=1))
    hear(later)
    work()
    changed = mails("event_changed")
    assert len(changed) == len(few.participants)
    method, event = invitation(changed[0])
    assert (method, event["sequence"]) == ("REQUEST", 1)
    assert event.decoded("dtstart") == later.starts_at


def test_a_change_that_no_calendar_shows_mails_nobody(few: ModelEvent) -> None:
    hear(few.published(), few.confirmed(few.person("P11")), few.published(sequence=4, contact_email=None))
    work()
    assert len(mails()) == 1


def test_a_cancellation_takes_the_appointment_out_of_the_calendar_once(few: ModelEvent) -> None:
    person = few.person("P11")
    hear(few.published(), few.confirmed(person))
    cancelled = few.confirmed(person, sequence=2, status=RegistrationStatus.cancelled)
    hear(cancelled, cancelled)
    method, event = invitation(the_only(mails("cancelled")))
    assert (method, event["sequence"]) == ("CANCEL", 1)


def test_a_cancellation_that_overtakes_the_place_sends_nothing(few: ModelEvent) -> None:
    person = few.person("P11")
    hear(few.published(), few.confirmed(person, sequence=2, status=RegistrationStatus.cancelled))
    hear(few.confirmed(person))
    work()
    assert mails() == []


def test_a_registration_that_comes_back_gets_its_ticket_again(few: ModelEvent) -> None:
    person = few.person("P11")
    hear(few.published(), few.confirmed(person))
    hear(few.confirmed(person, sequence=2, status=RegistrationStatus.cancelled))
    hear(few.confirmed(person, sequence=3))
    assert [invitation(mail)[1]["sequence"] for mail in mails("ticket")] == [0, 2]
    assert [message["sequence"] for message in told("certificates.ticket_issued.v1")] == [1, 2]


def test_a_cancelled_event_leaves_every_calendar(few: ModelEvent) -> None:
    hear(few.published(), *map(few.confirmed, few.participants))
    hear(few.published(sequence=4, state=EventState.cancelled))
    work()
    work()
    assert len(mails("called_off")) == len(few.participants)
    assert {invitation(mail)[0] for mail in mails("called_off")} == {"CANCEL"}


def test_of_a_name_that_no_font_has_wholly_the_ticket_shows_the_rest(few: ModelEvent) -> None:
    hear(few.published(), few.confirmed(few.person("P11"), first_name="\U00012000 Lotti"))
    paper = texts(part(the_only(mails("ticket")), "application/pdf"))[0]
    ticket = the_only(every(Ticket))
    assert "Lotti Geisel" in paper
    assert show_short_code(ticket.short_code) in paper
    assert [(problem["field"], problem["what"]) for problem in ticket.problems] == [("name", "missing_glyph")]


def test_the_organiser_reads_what_the_ticket_could_not_show(few: ModelEvent) -> None:
    hear(few.published(), few.confirmed(few.person("P11"), first_name="\U00012000 Lotti"))
    page = browser().get(PAGES).text
    assert (
        "<bdi>\U00012000 Lotti Geisel</bdi>, Name: No font has these characters. \U00012000 (U+12000)" in page
    )
    assert "What could not be printed was left out" in page


def test_where_nothing_of_a_name_can_be_printed_the_short_code_stands_alone(few: ModelEvent) -> None:
    nobody = few.confirmed(few.person("P11"), first_name="\U00012000", last_name="\U00012001-\U00012002")
    hear(few.published(), nobody)
    paper = texts(part(the_only(mails("ticket")), "application/pdf"))[0]
    ticket = the_only(every(Ticket))
    assert paper.partition("Name")[2].split()[0] == "Organisation"
    assert show_short_code(ticket.short_code) in paper
    assert [problem["characters"] for problem in ticket.problems] == [
        "\U00012000\U00012001\U00012002 (U+12000, U+12001, U+12002)"
    ]


def test_a_picture_letter_in_the_title_keeps_nobody_from_a_ticket(few: ModelEvent) -> None:
    hear(few.published(title={"de": "Treffen \U0001f91d heute"}), few.confirmed(few.person("P11")))
    assert texts(part(the_only(mails()), "application/pdf"))[0].split()[1:3] == ["Treffen", "heute"] or (
        "Treffen heute" in texts(part(the_only(mails()), "application/pdf"))[0]
    )


def test_an_address_that_no_mail_can_carry_holds_up_nobody_else(few: ModelEvent) -> None:
    hear(few.published(), few.confirmed(few.person("P11"), email="nobody"), few.confirmed(few.person("P01")))
    assert len(mails("ticket")) == 1
    problems = {ticket.registration_id: ticket.problems for ticket in every(Ticket)}
    assert problems[id_of("P11")][0]["what"] == "not_mailable"
    assert len(told("certificates.ticket_issued.v1")) == 2


@pytest.mark.parametrize("name", ["P04", "P10", "P16", "P22", "P28", "P34", "P40", "P46", "P52", "P58"])
def test_hard_names_and_long_addresses_get_their_tickets(model_event: ModelEvent, name: str) -> None:
    person = model_event.person(name)
    hear(model_event.published(), model_event.confirmed(person))
    mail = the_only(mails("ticket"))
    words = texts(part(mail, "application/pdf"))[0]
    assert mail["To"].addresses[0].addr_spec == person["email"]
    assert all(word in words for word in f"{person['first_name']} {person['last_name']}".split())
    assert the_only(every(Ticket)).problems == []


def test_the_invitation_leads_to_the_public_page(few: ModelEvent) -> None:
    hear(few.published(), few.confirmed(few.person("P11")))
    _, event = invitation(the_only(mails("ticket")))
    assert event["url"] == f"{settings.public_url}/e/ki-hub-2022"
