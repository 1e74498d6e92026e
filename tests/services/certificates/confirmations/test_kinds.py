"""Which papers people get by an event's rules, and what stands on them."""

from uuid import UUID

from services.certificates.confirmations import document, letters
from services.certificates.confirmations.kinds import Kind
from services.certificates.confirmations.models import Confirmation
from services.certificates.review.words import KINDS
from tests.services.certificates.api import public
from tests.services.certificates.model_event import ModelEvent, id_of
from tests.services.certificates.world import every, hear, mails, part, rule, work
from tests.support.papers import texts

SPEAKER = {"kind": "speaker", "categories": ["speaker"]}


def papers_of(person: UUID) -> dict[str, Confirmation]:
    return {str(each.paper): each for each in every(Confirmation) if each.registration_id == person}


def test_each_kind_that_the_rules_name_is_issued_to_whom_they_name(few: ModelEvent) -> None:
    speaker = few.confirmed(few.person("P11"), category="speaker", organisation="TZLR  Ilmenau", sequence=2)
    hear(few.published())
    rule(
        confirmations=[{"kind": "hours"}, {"kind": "teaching_units"}, SPEAKER],
        own_confirmations=[{"session": "cafe", "min_share": 0.9}],
    )
    hear(*few.messages()[1:], speaker)
    work()
    assert set(papers_of(id_of("P11"))) == {"hours", "teaching_units", "speaker", "session:cafe"}
    assert set(papers_of(id_of("P03"))) == {"hours", "teaching_units", "session:cafe"}
    assert papers_of(id_of("P10")) == {}
    of_the_cafe = papers_of(id_of("P03"))["session:cafe"]
    assert (of_the_cafe.attended_minutes, of_the_cafe.facts["sessions"]) == (
        90,
        ["World Café: bilaterale und gemeinsame Zusammenarbeit"],
    )
    counts = sorted(each.count for each in every(Confirmation))
    assert counts == list(range(1, len(counts) + 1))
    thanks = next(each for each in mails("confirmation") if each["Subject"].startswith("Vielen Dank"))
    words = " ".join(texts(part(thanks, "application/pdf")))
    assert "Durchdringung von KI in Unternehmen aus Thüringen" in words
    assert "Status quo" not in words
    assert "Unterrichtseinheit" not in words


def test_the_public_page_of_thanks_says_no_hours(few: ModelEvent) -> None:
    hear(few.published())
    rule(confirmations=[SPEAKER])
    hear(*few.messages()[1:], few.confirmed(few.person("P11"), category="speaker", sequence=2))
    work()
    code = papers_of(id_of("P11"))["speaker"].code
    answer = public().get(f"/certificates/v/{code}", headers={"Accept": "application/json"}).json()
    assert (answer["kind"], answer["attended_minutes"]) == ("speaker", 0)
    page = public().get(f"/certificates/v/{code}", headers={"Accept-Language": "en"}).text
    assert "Thanks to speakers" in page
    assert "Attended" not in page


def test_a_link_instead_of_the_paper_leads_to_the_holders_own_page(few: ModelEvent) -> None:
    hear(few.published())
    rule(delivery="link")
    hear(*few.messages()[1:])
    work()
    for mail in mails("confirmation"):
        assert [each.get_content_type() for each in mail.walk()].count("application/pdf") == 0
        assert "http://localhost:8080/registration/r/P" in part(mail, "text/plain")


def test_every_kind_has_its_words_in_all_places() -> None:
    for words in (letters.SUBJECTS, letters.GREETINGS, letters.ON_THE_PAGE, KINDS, document.TIME_LINES):
        assert set(words) == set(Kind)
    assert all(set(of_language) == set(Kind) for of_language in document.OF_KIND.values())
