"""What becomes of a confirmation when facts change: a new version, and the old one says which."""

from services.certificates.confirmations.models import Confirmation
from tests.services.certificates.api import API, PAGES, browser, program, public
from tests.services.certificates.model_event import ModelEvent, id_of
from tests.services.certificates.world import an_added_stay, every, hear, mails, part, rule, work
from tests.support.papers import texts


def versions_of(ref: str) -> list[Confirmation]:
    own = [each for each in every(Confirmation) if each.registration_id == id_of(ref)]
    return sorted(own, key=lambda each: each.count)


def everybody_has_theirs(few: ModelEvent, **rules: object) -> None:
    hear(few.published())
    rule(**rules)
    hear(*few.messages()[1:])
    work()


def test_a_corrected_name_brings_a_new_version_by_mail_and_the_old_one_says_its_number(
    few: ModelEvent,
) -> None:
    everybody_has_theirs(few)
    hear(few.confirmed(few.person("P11"), sequence=2, last_name="Geißel"))
    work()
    old, new = versions_of("P11")
    assert (old.state, old.replaced_by, new.state, new.replaces) == (
        "revoked",
        new.number,
        "valid",
        old.number,
    )
    words = " ".join(texts(part(mails("confirmation")[-1], "application/pdf")))
    assert "Lotti Geißel" in words
    assert f"Nr. {new.number}, ersetzt Nr. {old.number}" in words
    assert f"ersetzt die Nummer {old.number}" in part(mails("confirmation")[-1], "text/plain").replace(
        "\n", " "
    )
    page = public().get(f"/certificates/v/{old.code}", headers={"Accept-Language": "en"}).text
    assert new.number in page
    numbers = sorted(each.count for each in every(Confirmation))
    assert numbers == [1, 2, 3, 4]


def test_changed_minutes_wait_for_one_click(few: ModelEvent) -> None:
    everybody_has_theirs(few)
    hear(an_added_stay("P11", few))
    work()
    assert [each.doubt for each in versions_of("P11")] == ["minutes_changed"]
    own = versions_of("P11")[0].confirmation_id
    assert "New version of" in browser().get(f"{PAGES}/attendance").text
    assert browser().post(f"{PAGES}/confirmations/{own}/renew").status_code == 303
    assert program().post(f"{API}/confirmations/{own}/renew").status_code == 200
    work()
    old, new = versions_of("P11")
    assert (old.attended_minutes, old.state, new.attended_minutes, new.doubt) == (333, "revoked", 345, None)


def test_changed_minutes_bring_a_new_version_by_themselves_where_the_rules_say_so(few: ModelEvent) -> None:
    everybody_has_theirs(few, changes="new_version")
    hear(an_added_stay("P11", few))
    work()
    assert [(each.attended_minutes, each.state) for each in versions_of("P11")] == [
        (333, "revoked"),
        (345, "valid"),
    ]


def test_what_is_not_in_doubt_has_no_new_version(few: ModelEvent) -> None:
    everybody_has_theirs(few)
    own = versions_of("P11")[0].confirmation_id
    assert program().post(f"{API}/confirmations/{own}/renew").status_code == 409


def test_a_name_that_cannot_be_printed_leaves_the_old_version_valid(few: ModelEvent) -> None:
    everybody_has_theirs(few)
    hear(few.confirmed(few.person("P11"), sequence=2, last_name="\U00012000"))
    work()
    assert [(each.state, each.doubt) for each in versions_of("P11")] == [("valid", "name_changed")]
    assert "cannot be printed" in browser().get(f"{PAGES}/attendance").text
