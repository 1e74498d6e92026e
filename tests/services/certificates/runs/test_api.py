from uuid import UUID

import pytest

from services.certificates.runs.models import DocumentRun
from services.certificates.runs.tasks import draw_documents
from shared.kit.access import Role
from tests.services.certificates.api import API, program
from tests.services.certificates.model_event import ModelEvent
from tests.services.certificates.world import count, hear
from tests.support.papers import texts

FILES = {
    "badge-runs": "badges.pdf",
    "sign-in-sheets": "sign-in-sheet.pdf",
    "evidence-lists": "evidence-list.pdf",
}


@pytest.mark.parametrize("collection", FILES)
def test_a_paper_is_ordered_waited_for_and_fetched(few: ModelEvent, collection: str) -> None:
    hear(*few.messages())
    ordered = program().post(f"{API}/{collection}")
    place = ordered.headers["location"]
    assert (ordered.status_code, ordered.json()["state"], ordered.json()["file"]) == (202, "queued", None)
    draw_documents()
    run = program().get(place).json()
    assert (run["state"], run["persons"], run["problems"]) == ("done", 5, [])
    assert run["file"] == f"{place}/{FILES[collection]}"
    answer = program().get(run["file"])
    assert answer.headers["content-type"] == "application/pdf"
    assert "Geisel" in " ".join(texts(answer.content))


def test_the_file_of_a_waiting_paper_is_a_conflict(few: ModelEvent) -> None:
    hear(few.published())
    place = program().post(f"{API}/badge-runs").headers["location"]
    assert program().get(f"{place}/badges.pdf").status_code == 409


def test_the_same_order_twice_is_one_order(few: ModelEvent) -> None:
    hear(few.published())
    key = {"Idempotency-Key": "badges-of-thursday"}
    first = program().post(f"{API}/badge-runs", headers=key)
    second = program().post(f"{API}/badge-runs", headers=key)
    assert first.json() == second.json()
    assert count(DocumentRun) == 1


def test_the_same_key_with_another_content_is_refused(few: ModelEvent) -> None:
    hear(few.published())
    key = {"Idempotency-Key": "badges-of-thursday"}
    program().post(f"{API}/badge-runs", headers=key, json={"locale": "de"})
    assert program().post(f"{API}/badge-runs", headers=key, json={"locale": "en"}).status_code == 422


def test_a_paper_of_another_kind_or_organisation_is_not_there(few: ModelEvent) -> None:
    hear(few.published())
    place = program().post(f"{API}/badge-runs").headers["location"]
    assert program().get(place.replace("badge-runs", "evidence-lists")).status_code == 404
    assert program(organisation=UUID(int=9)).get(place).status_code == 404
    assert program(organisation=UUID(int=9)).post(f"{API}/badge-runs").status_code == 404


def test_a_viewer_orders_nothing(few: ModelEvent) -> None:
    hear(few.published())
    assert program(Role.viewer).post(f"{API}/badge-runs").status_code == 403


@pytest.mark.parametrize("body", [{"locale": "tlh"}, {"colour": "blue"}])
def test_an_order_with_an_unknown_wish_is_refused(few: ModelEvent, body: dict[str, str]) -> None:
    hear(few.published())
    assert program().post(f"{API}/badge-runs", json=body).status_code == 422


def test_the_documented_examples_are_those_of_the_model_event() -> None:
    document = program().get("/certificates/api/v1/openapi.json").json()
    rules = document["components"]["schemas"]["RulesIn"]["examples"][0]
    assert rules["min_share_of_programme"] == 0.75
    assert "/certificates/api/v1/events/{event}/badge-runs/{run_id}/badges.pdf" in document["paths"]
