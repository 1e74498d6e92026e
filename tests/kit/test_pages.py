from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.testclient import TestClient

from shared.errors import FieldError, Invalid, TooLarge
from shared.kit.pages import FormState, Pages, event_tabs, mount_static
from shared.kit.validation import FILL_IN

GERMAN = {"Accept-Language": "de"}
ENGLISH = {"Accept-Language": "en"}

LIST = """{% extends "kit/base.html" %}{% set here = "a page's own name" %}{% block title %}{{ _("Events") }}{% endblock %}
{% block content %}<ul>{% include "signup/rows.html" %}</ul>{{ here }}{% endblock %}"""
ROWS = "{% for name in names %}<li>{{ name }}</li>{% endfor %}"


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    folder = tmp_path / "services/registration/signup/templates"
    folder.mkdir(parents=True)
    (folder / "list.html").write_text(LIST)
    (folder / "rows.html").write_text(ROWS)
    (folder / "forgotten.html").write_text("{{ nobody_gave_this }}")
    return tmp_path


@pytest.fixture
def client(templates: Path) -> Iterator[TestClient]:
    pages = Pages("registration", ["signup"], root=templates)

    def show(request: Request) -> Response:
        return pages.render(request, "signup/list.html", names=["Ada <script>", "Grace"])

    def rows(request: Request) -> Response:
        return pages.render(request, "signup/rows.html", names=["Ada <script>", "Grace"])

    def person(request: Request) -> Response:
        subnav = event_tabs("ki-hub")
        return pages.render(request, "signup/list.html", names=[], organiser="Mira Beispiel", subnav=subnav)

    def fail(request: Request) -> Response:
        return pages.problem(request, TooLarge(limit="1 <MB>"))

    def refuse(request: Request) -> Response:
        return pages.problem(request, Invalid([FieldError("seats", FILL_IN)]))

    def forget(request: Request) -> Response:
        return pages.render(request, "signup/forgotten.html")

    app = Starlette()
    app.add_route("/list", show, methods=["GET", "POST"])
    app.add_route("/list/rows", rows)
    app.add_route("/registration/events/ki-hub/registrations/1", person)
    app.add_route("/fail", fail)
    app.add_route("/refused", refuse)
    app.add_route("/forgotten", forget)
    mount_static(app, "registration")
    with TestClient(app) as client:
        yield client


def test_a_page_is_in_the_language_that_the_browser_asks_for(client: TestClient) -> None:
    german, english = client.get("/list", headers=GERMAN), client.get("/list", headers=ENGLISH)
    assert "<h1>Veranstaltungen</h1>" in german.text
    assert "<h1>Events</h1>" in english.text
    assert german.headers["content-language"] == "de"
    assert "Accept-Language" in german.headers["vary"]


def test_a_chosen_language_is_remembered(client: TestClient) -> None:
    client.get("/list?lang=en", headers=GERMAN)
    assert "<h1>Events</h1>" in client.get("/list", headers=GERMAN).text


def test_the_language_switch_keeps_the_rest_of_the_address(client: TestClient) -> None:
    assert 'href="/list?page=2&amp;lang=en"' in client.get("/list?page=2", headers=GERMAN).text


def test_the_language_switch_of_an_answer_leads_to_the_page_with_the_form(client: TestClient) -> None:
    headers = {"Referer": "http://testserver/form?step=2"}
    assert 'href="/form?step=2&amp;lang=en"' in client.post("/list", headers=headers).text


def test_the_language_switch_never_leads_to_another_site(client: TestClient) -> None:
    answer = client.post("/list", headers={"Referer": "https://elsewhere.example/form"})
    assert 'href="/list?lang=en"' in answer.text


def test_an_address_with_two_slashes_leads_nobody_away(client: TestClient) -> None:
    answer = client.post("/list", headers={"Referer": "http://testserver//elsewhere.example/"})
    assert 'href="/elsewhere.example/?lang=en"' in answer.text


def test_what_people_typed_never_becomes_markup(client: TestClient) -> None:
    assert "Ada &lt;script&gt;" in client.get("/list").text
    assert "Das ist größer als 1 &lt;MB&gt;." in client.get("/fail", headers=GERMAN).text


def test_a_part_of_a_page_is_rendered_alone(client: TestClient) -> None:
    assert client.get("/list/rows").text == "<li>Ada &lt;script&gt;</li><li>Grace</li>"


def test_a_problem_is_a_page_with_its_status(client: TestClient) -> None:
    answer = client.get("/fail", headers=ENGLISH)
    assert answer.status_code == 413
    assert "<h1>This is larger than 1 &lt;MB&gt;.</h1>" in answer.text


def test_a_problem_with_fields_names_them(client: TestClient) -> None:
    answer = client.get("/refused", headers=GERMAN)
    assert answer.status_code == 422
    assert "<li>seats: Bitte füllen Sie dieses Feld aus.</li>" in answer.text


def test_a_page_is_kept_by_nobody_in_between(client: TestClient) -> None:
    assert client.get("/list").headers["cache-control"] == "private, no-cache"


def test_no_page_has_script_or_style_in_it_or_lets_any_run(client: TestClient) -> None:
    page = client.get("/list")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "<style" not in page.text
    assert "<script>" not in page.text
    assert " style=" not in page.text


def test_a_template_that_lacks_a_fact_fails_instead_of_showing_a_gap(client: TestClient) -> None:
    with pytest.raises(Exception, match="nobody_gave_this"):
        client.get("/forgotten")


def test_an_asset_is_kept_forever_under_the_address_that_names_its_content(client: TestClient) -> None:
    page = client.get("/list").text
    address = next(part for part in page.split('"') if "/static/kit/treffpunkt.css?v=" in part)
    assert "immutable" in client.get(address).headers["cache-control"]
    assert "immutable" not in client.get(address + "0").headers["cache-control"]


def test_an_asset_is_sent_once(client: TestClient) -> None:
    first = client.get("/registration/static/kit/treffpunkt.css")
    again = client.get(
        "/registration/static/kit/treffpunkt.css", headers={"If-None-Match": first.headers["etag"]}
    )
    assert again.status_code == 304
    assert again.content == b""


@pytest.mark.parametrize(
    "name", ["kit/../pages.py", "kern/../package.json", "htmx/htmx.js", "kit/", "%2e%2e/pages.py"]
)
def test_nothing_else_is_served(client: TestClient, name: str) -> None:
    assert client.get(f"/registration/static/{name}").status_code == 404


def test_a_missing_asset_says_how_to_get_it(templates: Path, tmp_path: Path) -> None:
    pages = Pages("registration", ["signup"], root=templates, assets_dir=tmp_path / "nowhere")
    request = Request({"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []})
    with pytest.raises(FileNotFoundError, match="make setup"):
        pages.render(request, "signup/list.html", names=[])


def test_a_refused_form_has_one_sentence_at_each_field_and_what_was_typed() -> None:
    problem = Invalid([FieldError("email", "first"), FieldError("email", "second"), FieldError("name", "x")])
    state = FormState.refused({"email": "ada"}, problem)
    assert state.values == {"email": "ada"}
    assert state.errors == {"email": "first", "name": "x"}


def test_the_entry_under_which_a_page_stands_is_marked(client: TestClient) -> None:
    page = client.get("/registration/events/ki-hub/registrations/1", headers=GERMAN).text
    assert '<a href="/registration/events/ki-hub" aria-current="true">Teilnehmende</a>' in page
    assert '<a href="/agenda/events/ki-hub">Programm</a>' in page


def test_what_a_template_names_is_not_changed_by_the_base_page(client: TestClient) -> None:
    page = client.get("/registration/events/ki-hub/registrations/1", headers=GERMAN).text
    assert "a page&#39;s own name" in page
