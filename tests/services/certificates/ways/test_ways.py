"""Everybody's way: kept as published last, told by mail where it is new, printed on the badge."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from services.certificates.badges.service import prepare_badges
from services.certificates.copies.models import Event
from services.certificates.layouts.service import choose
from services.certificates.runtime import Sessions
from services.certificates.ways.service import ways_of
from shared.contracts.agenda import NetworkingPlanPublished, NetworkingRound
from tests.services.certificates.model_event import ModelEvent, id_of
from tests.services.certificates.world import hear, mails, part
from tests.support.facts import EVENT, NOON, ORGANISATION
from tests.support.papers import texts

SESSION = UUID(int=77)
MINUTES = timedelta(minutes=20)


def a_plan(sequence: int = 1, **changes: Any) -> NetworkingPlanPublished:
    facts: dict[str, Any] = {
        "organisation_id": ORGANISATION,
        "sequence": sequence,
        "event_id": EVENT,
        "session_id": SESSION,
        "title": "World Café",
        "room": "Foyer",
        "rounds": [
            NetworkingRound(starts_at=NOON + n * MINUTES, ends_at=NOON + (n + 1) * MINUTES) for n in range(2)
        ],
        "tables": ["Schulungen", ""],
        "ways": {id_of("P11"): (0, 1), id_of("P15"): (1, -1)},
    }
    return NetworkingPlanPublished(**{**facts, **changes})


def test_everybody_gets_one_mail_about_a_new_way(few: ModelEvent) -> None:
    hear(few.published(), *map(few.confirmed, few.participants), a_plan())
    (mail, _) = mails("way")
    text = part(mail, "text/plain")
    assert "Ihr Weg: World Café" in mail["Subject"]
    assert "Donnerstag, 24. November 2022" in text
    assert "Tisch 1: Schulungen" in text
    assert "Tisch 2" in text


def test_only_who_goes_another_way_hears_of_a_new_plan(few: ModelEvent) -> None:
    hear(few.published(), *map(few.confirmed, few.participants), a_plan())
    hear(a_plan(2, ways={id_of("P11"): (0, 1), id_of("P15"): (0, 1)}))
    assert len(mails("way")) == 3
    assert "Ihr Weg hat sich geändert" in mails("way")[-1]["Subject"]
    assert few.person("P15")["email"] in mails("way")[-1]["To"]


def test_everybody_with_a_seat_hears_that_the_session_has_moved(few: ModelEvent) -> None:
    hear(few.published(), *map(few.confirmed, few.participants), a_plan())
    hear(a_plan(2, room="Aula"))
    assert [mail["Subject"] for mail in mails("way")[2:]] == ["Ihr Weg hat sich geändert: World Café"] * 2
    assert "Aula" in part(mails("way")[-1], "text/plain")


def test_whose_registration_comes_after_the_plan_hears_of_the_way_once(few: ModelEvent) -> None:
    first, *others = map(few.confirmed, few.participants)
    hear(few.published(), *others, a_plan(ways={first.registration_id: (0, 1)}))
    assert mails("way") == []
    hear(first, first.model_copy(update={"sequence": first.sequence + 1, "organisation": "Another"}))
    (mail,) = mails("way")
    assert (mail["Subject"], first.email in mail["To"]) == ("Ihr Weg: World Café", True)


def test_a_plan_that_tells_nobody_tells_no_newcomer_either(few: ModelEvent) -> None:
    first, *others = map(few.confirmed, few.participants)
    hear(few.published(), *others, a_plan(ways={first.registration_id: (0, 1)}, mails=False), first)
    assert mails("way") == []


def test_an_older_plan_that_comes_later_changes_nothing(few: ModelEvent) -> None:
    hear(
        few.published(),
        *map(few.confirmed, few.participants),
        a_plan(2),
        a_plan(1, ways={id_of("P11"): (1, 0)}),
    )
    with Sessions() as session:
        stops = ways_of(session, EVENT, [id_of("P11")])[id_of("P11")][0].stops
    assert [stop.table for stop in stops] == [1, 2]
    assert len(mails("way")) == 2


def test_a_plan_that_tells_nobody_writes_no_mail(few: ModelEvent) -> None:
    hear(few.published(), *map(few.confirmed, few.participants), a_plan(mails=False))
    assert mails("way") == []


def test_whoever_was_told_nothing_is_told_by_the_first_edition_with_mails(few: ModelEvent) -> None:
    hear(few.published(), *map(few.confirmed, few.participants), a_plan(mails=False), a_plan(2))
    assert [mail["Subject"] for mail in mails("way")] == ["Ihr Weg: World Café"] * 2
    hear(a_plan(3, mails=False), a_plan(4))
    assert len(mails("way")) == 2


def test_what_changed_without_mails_is_told_with_the_next(few: ModelEvent) -> None:
    moved = {id_of("P11"): (0, 1), id_of("P15"): (0, 1)}
    hear(few.published(), *map(few.confirmed, few.participants), a_plan())
    hear(a_plan(2, ways=moved, mails=False), a_plan(3, ways=moved))
    assert len(mails("way")) == 3
    assert few.person("P15")["email"] in mails("way")[-1]["To"]


def test_who_walks_reads_of_stations(few: ModelEvent) -> None:
    hear(few.published(), *map(few.confirmed, few.participants), a_plan(has_stations=True))
    text = part(mails("way")[0], "text/plain")
    assert "das sind Ihre Stationen" in text
    assert "Station 1: Schulungen" in text
    assert "Tisch" not in text


def test_badges_get_a_back_with_the_way_unless_a_layout_without_one_was_chosen(few: ModelEvent) -> None:
    def backs() -> int:
        with Sessions.begin() as session:
            prepared = prepare_badges(session, session.get_one(Event, EVENT), "en")
        return sum("My meetings" in page for page in texts(prepared.draw()))

    hear(few.published(), *map(few.confirmed, few.participants))
    assert backs() == 0
    hear(a_plan())
    assert backs() == 2
    with Sessions.begin() as session:
        choose(session, session.get_one(Event, EVENT), "a6-portrait")
    assert backs() == 0


def test_the_way_is_on_the_badge(few: ModelEvent) -> None:
    hear(few.published(), *map(few.confirmed, few.participants), a_plan())
    with Sessions.begin() as session:
        choose(session, session.get_one(Event, EVENT), "a7")
        prepared = prepare_badges(session, session.get_one(Event, EVENT), "de")
    lines = [line for badge in prepared.draw.args[0].badges for line in badge.way]  # type: ignore[attr-defined]  # A partial of `draw`.
    assert [(line.time, line.place) for line in lines] == [
        ("13:00", "Tische 2, –"),
        ("13:00", "Tisch 1: Schulungen"),
        ("13:20", "Tisch 2"),
    ]
