"""A person fetches the own confirmations by the link in the ticket mail, and nobody else's."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from joserfc.jwk import OKPKey

from services.certificates.confirmations.models import Confirmation
from services.certificates.runtime import settings
from shared.kit.person_links import sign_person
from tests.services.certificates.api import API, program, public
from tests.services.certificates.model_event import ModelEvent, id_of
from tests.services.certificates.world import every, hear, rule, work

YESTERDAY = datetime.now(UTC) - timedelta(days=2)


def link_of(person: UUID) -> str:
    return f"/certificates/my/{sign_person(person, settings.access_private_key)}"


def own(ref: str) -> Confirmation:
    return next(each for each in every(Confirmation) if each.registration_id == id_of(ref))


def everybody_has_theirs(few: ModelEvent) -> None:
    hear(*few.messages())
    rule()
    work()


def test_whoever_has_the_link_fetches_the_paper(few: ModelEvent) -> None:
    everybody_has_theirs(few)
    for part in ("", "/part"):
        page = public().get(link_of(id_of("P11")) + part)
        assert own("P11").number in page.text
        assert own("P03").number not in page.text
        assert (page.headers["cache-control"], page.headers["referrer-policy"]) == ("no-store", "no-referrer")
    file = public().get(f"{link_of(id_of('P11'))}/{own('P11').confirmation_id}/confirmation.pdf")
    assert file.content.startswith(b"%PDF")
    assert "no-store" in file.headers["cache-control"]


def test_nobody_fetches_another_persons_paper(few: ModelEvent) -> None:
    everybody_has_theirs(few)
    address = f"{link_of(id_of('P11'))}/{own('P03').confirmation_id}/confirmation.pdf"
    assert public().get(address).status_code == 404


def test_a_link_that_is_forged_or_too_old_opens_nothing(few: ModelEvent) -> None:
    everybody_has_theirs(few)
    old = sign_person(id_of("P11"), settings.access_private_key, now=lambda: YESTERDAY)
    forged = sign_person(id_of("P11"), OKPKey.generate_key("Ed25519").as_pem(private=True))
    for token in (old, forged, "x", "a.b.c"):
        assert public().get(f"/certificates/my/{token}").status_code == 404


def test_a_withdrawn_paper_is_not_there_any_more(few: ModelEvent) -> None:
    everybody_has_theirs(few)
    gone = own("P11")
    program().post(f"{API}/confirmations/{gone.confirmation_id}/withdraw")
    assert gone.number not in public().get(link_of(id_of("P11"))).text
    address = f"{link_of(id_of('P11'))}/{gone.confirmation_id}/confirmation.pdf"
    assert public().get(address).status_code == 404
