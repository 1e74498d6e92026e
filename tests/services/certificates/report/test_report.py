import csv
import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from services.certificates.report.document import FunderReport, draw
from services.certificates.report.figures import Guest, HeldEvent, Period, Report, figures
from services.certificates.report.files import as_csv, as_xlsx
from shared.kit.database import new_id
from shared.kit.i18n import Locale
from tests.services.certificates.api import browser, program, public
from tests.services.certificates.model_event import ModelEvent
from tests.services.certificates.world import hear, rule, work
from tests.support.paper_facts import DRAWN_AT
from tests.support.paper_text import one_line

PERIOD = "from=2022-01-01&to=2022-12-31"
API = f"/certificates/api/v1/report?{PERIOD}"
PAGE = f"/certificates/report?{PERIOD}"
DAY = date(2022, 11, 24)

guests = st.lists(
    st.builds(
        Guest,
        address=st.sampled_from(["a@x", "A@x", "b@x", "c@x"]),
        organisation=st.sampled_from(["", "TU", " tu ", "IHK"]),
        has_come=st.booleans(),
        minutes=st.integers(0, 600),
    ),
    max_size=12,
)


def an_event(of: list[Guest], title: str = "A day", **changes: Any) -> Any:
    held = HeldEvent(DAY, {"en": title, "de": title}, "Chemnitz", organiser="TU Chemnitz", **changes)
    return figures(held, of, confirmations=1)


def on_paper(*events: Any, language: Locale = "en") -> bytes:
    return draw(FunderReport(Report(events), Period(DAY, DAY), language, DRAWN_AT))


def read(pdf: bytes) -> str:
    return " ".join(one_line(page.extract_text()) for page in PdfReader(io.BytesIO(pdf)).pages)


@given(st.lists(guests, max_size=4))
def test_everything_together_is_never_less_than_one_of_it_and_never_more_than_the_sum(
    of_events: list[list[Guest]],
) -> None:
    events = [an_event(each) for each in of_events]
    report = Report(events)
    assert report.registered == report.arrived + report.no_shows == sum(map(len, of_events))
    for name in ("people", "organisations"):
        sizes = [len(getattr(event, name)) for event in events]
        assert max(sizes, default=0) <= getattr(report, name) <= sum(sizes)


def test_who_comes_twice_is_one_of_the_people_and_one_organisation_however_it_is_written() -> None:
    first = an_event([Guest("ada@example.org", "TU Chemnitz", has_come=True, minutes=90)])
    second = an_event(
        [
            Guest("Ada@example.org", "tu  chemnitz", has_come=True, minutes=30),
            Guest("b@x", "IHK", has_come=False, minutes=0),
        ]
    )
    report = Report([first, second])
    assert (report.people, report.organisations, report.arrived, report.no_shows) == (1, 1, 2, 1)
    assert report.hours == 2.0


def test_a_title_that_a_spreadsheet_would_run_is_a_text() -> None:
    report = Report([an_event([], title="=1+1")])
    [_, row, _] = csv.reader(io.StringIO(as_csv(report, "en").decode("utf-8-sig")))
    assert row[1] == "'=1+1"
    sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx(report, "en"))).active
    assert (sheet["B2"].value, sheet["B2"].data_type) == ("=1+1", "s")


def test_on_paper_stands_what_was_counted_and_by_which_rules() -> None:
    guests = [
        Guest("a@x", "TU", has_come=True, minutes=2310),
        Guest("b@x", "", has_come=False, minutes=0),
    ]
    text = read(on_paper(an_event(guests, reference="01MF21007A"), language="de"))
    for expected in (
        "Zeitraum: 24. November 2022 – 24. November 2022",
        "Veranstalter: TU Chemnitz",
        "Förderkennzeichen: 01MF21007A",
        "24.11.2022 A day Chemnitz 2 1 1 1 38,5 1",
        "Veranstaltungen: 1 · angemeldet: 2 · erschienen: 1 · nicht erschienen: 1",
        "Verschiedene Personen: 1",
        "was zugleich läuft, zählt einmal",
        "Unterschrift des Veranstalters",
    ):
        assert expected in text


def test_with_several_funders_each_event_has_its_reference() -> None:
    text = read(on_paper(an_event([], reference="01MF21007A"), an_event([], reference="ESF 100649226")))
    assert "Funding reference: " not in text
    assert "Chemnitz 01MF21007A 0" in text
    assert "Chemnitz ESF 100649226 0" in text


def test_the_room_to_sign_is_never_torn_from_the_totals() -> None:
    for count in range(12, 20):
        pages = PdfReader(io.BytesIO(on_paper(*[an_event([])] * count))).pages
        assert ["Together" in page.extract_text() for page in pages] == [False] * (len(pages) - 1) + [True]
        assert "Signature of the organiser" in pages[-1].extract_text()


def test_a_period_without_events_gives_a_paper_that_says_so() -> None:
    assert "There was no event in this period." in read(on_paper())


@pytest.fixture
def held(few: ModelEvent) -> None:
    hear(*few.messages())
    rule()
    work()


@pytest.mark.usefixtures("held")
def test_the_api_counts_the_model_events_people() -> None:
    report = program().get(API).json()
    assert {
        name: report[name] for name in ("registered", "arrived", "no_shows", "people", "confirmations")
    } == {
        "registered": 5,
        "arrived": 4,
        "no_shows": 1,
        "people": 4,
        "confirmations": 3,
    }
    assert report["hours"] == round((165 + 345 + 333 + 270) / 60, 1)
    assert report["events"][0]["date"] == "2022-11-24"


@pytest.mark.usefixtures("held")
def test_the_page_and_its_files_name_nobody() -> None:
    page = browser().get(PAGE)
    assert page.status_code == 200
    for content in (page.text, browser().get(PAGE.replace("report?", "report.csv?")).text):
        assert "Networking meeting" in content
        assert "Geisel" not in content
    file = browser().get(PAGE.replace("report?", "report.xlsx?"))
    assert file.headers["content-disposition"] == 'attachment; filename="report.xlsx"'
    assert openpyxl.load_workbook(io.BytesIO(file.content)).active["E2"].value == 5


@pytest.mark.usefixtures("held")
def test_the_paper_names_nobody_and_leaves_out_what_no_font_has() -> None:
    answer = browser().get(f"{PAGE.replace('report?', 'report.pdf?')}")
    assert answer.headers["content-type"] == "application/pdf"
    text = read(answer.content)
    assert "Different people: 4 · different organisations: 4" in text
    assert "Geisel" not in text


@pytest.mark.usefixtures("held")
def test_a_funder_gets_the_events_with_its_own_reference_only() -> None:
    rule(funding_reference="01MF21007A")
    for reference, count in (("01mf21007a", 1), ("ESF", 0), ("", 1)):
        found = program().get(f"{API}&reference={reference}").json()["events"]
        assert [each["funding_reference"] for each in found] == ["01MF21007A"] * count
    assert "There was no event" in read(browser().get("/certificates/report.pdf?reference=ESF").content)


@pytest.mark.usefixtures("held")
def test_another_organisations_events_are_not_counted() -> None:
    assert program(organisation=new_id()).get(API).json()["events"] == []
    assert "Networking meeting" not in browser(organisation=new_id()).get(PAGE).text


@pytest.mark.usefixtures("held")
def test_events_outside_the_period_are_not_counted() -> None:
    assert program().get(API.replace("2022", "2023")).json()["events"] == []


def test_nobody_reads_it_without_signing_in() -> None:
    assert public().get(API).status_code == 401
    for name in ("report", "report.pdf", "report.csv", "report.xlsx"):
        assert public().get(f"/certificates/{name}").status_code == 307


@pytest.mark.parametrize(
    "period", ["from=soon&to=2022-12-31", "from=2022-12-31&to=2022-01-01", "from=1900-01-01&to=2022-12-31"]
)
def test_a_period_that_is_none_is_refused_with_a_sentence(period: str) -> None:
    answer = browser().get(f"/certificates/report?{period}")
    assert answer.status_code == 422
    assert "Please" in answer.text
