"""The organiser hears what cannot be printed before anything is."""

import pytest

from services.certificates.attendance.document import (
    StruckScan,
    draw_evidence_list,
    evidence_problems,
    sign_in_problems,
)
from services.certificates.badges import document as badges
from services.certificates.confirmations import document as confirmations
from services.certificates.documents.fitting import DoesNotFit
from services.certificates.documents.problems import Reason, check
from services.certificates.documents.shaping import MissingGlyphs
from services.certificates.tickets import document as tickets
from tests.support.paper_facts import (
    DRAWN_AT,
    HARD_NAMES,
    HARDER_NAMES,
    a_badge,
    a_badge_run,
    a_confirmation,
    a_person,
    a_sign_in_sheet,
    a_ticket,
    an_evidence,
    at,
)
from tests.support.paper_text import by_poppler, one_line

ENDLESS = "Donaudampfschifffahrtsgesellschaft" * 6


def test_no_hard_name_is_a_problem() -> None:
    for first, last in [*HARD_NAMES, *HARDER_NAMES]:
        assert badges.problems_of(a_badge_run([]), a_badge(first, last)) == []
        assert tickets.problems_of(a_ticket(first, last)) == []
        assert confirmations.problems_of(a_confirmation(first, last)) == []


def test_a_glyph_that_no_font_has_is_reported_and_never_drawn() -> None:
    badge = a_badge("Ada 🎉", "Abt")
    [problem] = badges.problems_of(a_badge_run([]), badge)
    assert (problem.field, problem.reason, problem.code_points) == (
        "first_name",
        Reason.MISSING_GLYPH,
        "U+1F389",
    )
    with pytest.raises(MissingGlyphs):
        badges.draw(a_badge_run([badge]))


def test_a_name_that_is_too_long_is_reported_and_never_drawn() -> None:
    badge = a_badge("Ada", ENDLESS)
    assert [(each.field, each.reason) for each in badges.problems_of(a_badge_run([]), badge)] == [
        ("last_name", Reason.TOO_LONG)
    ]
    with pytest.raises(DoesNotFit):
        badges.draw(a_badge_run([badge]))
    assert [each.reason for each in tickets.problems_of(a_ticket("Ada", ENDLESS))] == [Reason.TOO_LONG]
    assert [each.field for each in confirmations.problems_of(a_confirmation("Ada", ENDLESS))] == ["name"]


def test_an_override_is_reported_with_its_code_point() -> None:
    [problem] = check({"name": "Ada\u202eabt"})
    assert (problem.reason, problem.code_points) == (Reason.FORBIDDEN_CHARACTER, "U+202E")
    assert problem.sentence


def test_a_list_names_the_person_by_place() -> None:
    sheet = a_sign_in_sheet([("Ada", "Abt"), ("Bo", "🎉")])
    assert [each.field for each in sign_in_problems(sheet)] == ["persons.1.name"]


def test_a_list_takes_a_name_of_any_length() -> None:
    drawn = draw_evidence_list(an_evidence([a_person("Ada", ENDLESS)]))
    assert ENDLESS in by_poppler(drawn).replace("\n", "").replace(" ", "")


def test_a_reason_with_line_breaks_is_printed_on() -> None:
    struck = StruckScan(at("9:05"), "in", "Falsche\nKarte", "Katrin Vogel", DRAWN_AT)
    evidence = an_evidence([a_person(corrections=(struck,))])
    assert evidence_problems(evidence) == []
    assert "Falsche Karte" in one_line(by_poppler(draw_evidence_list(evidence)))


def test_what_is_kept_of_a_text_loses_no_letter_that_can_be_printed_elsewhere() -> None:
    [problem] = check({"title": "1\ufe0f\u20e3 Treffen 2021"})
    assert problem.kept() == "1\ufe0f Treffen 2021"
