"""What organisers see of seals and keys."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest

from services.certificates.runtime import settings
from services.certificates.signing.overview import Validity, shown_keys, to_warn_of
from shared.kit import signing_keys
from shared.kit.clock import utc_now
from shared.kit.database import new_id
from shared.kit.signing_keys import KeyRing, KeyState, Use
from tests.services.certificates.api import PAGES, browser, public
from tests.services.certificates.model_event import ModelEvent
from tests.services.certificates.world import hear, rule
from tests.support.facts import ORGANISATION
from tests.support.paper_text import one_line
from tests.support.seals import FIRST_DAY, PASSPHRASE, a_pkcs12, a_ring

OURS, FOREIGN = UUID(int=4), UUID(int=5)


def with_seal(ring: KeyRing, organisation: UUID, lasts: timedelta, name: str = "Kammer") -> KeyRing:
    file, _ = a_pkcs12(name, lasts=lasts)
    return signing_keys.with_seal(ring, organisation, file, PASSPHRASE, FIRST_DAY)


@pytest.mark.parametrize(
    ("days_left", "validity"),
    [(61, Validity.LASTS), (60, Validity.ENDS_SOON), (1, Validity.ENDS_SOON), (0, Validity.ENDED)],
)
def test_a_seal_is_warned_of_two_months_before_it_ends(days_left: int, validity: Validity) -> None:
    ring = with_seal(a_ring(), OURS, timedelta(days=400))
    now = FIRST_DAY + timedelta(days=400 - days_left)
    [seal] = [each for each in shown_keys(ring, [OURS], now) if each.is_seal]
    assert (seal.signer, seal.validity) == ("Siegel Kammer", validity)
    assert (to_warn_of(ring, OURS, now) is None) == (validity is Validity.LASTS)


def test_nobody_is_warned_of_a_key_that_signs_no_more() -> None:
    ring = with_seal(a_ring(), OURS, timedelta(days=10))
    replaced = with_seal(ring, OURS, timedelta(days=999), "Neue Kammer")
    now = FIRST_DAY + timedelta(days=20)
    assert to_warn_of(replaced, OURS, now) is None
    old = next(each for each in shown_keys(replaced, [OURS], now) if each.key.state is KeyState.RETIRED)
    assert (old.signer, old.validity) == ("Siegel Kammer", Validity.OPEN)


def test_a_foreign_organisations_seal_is_not_shown() -> None:
    ring = with_seal(a_ring(), FOREIGN, timedelta(days=10))
    assert {each.key.use for each in shown_keys(ring, [OURS], FIRST_DAY)} == set(Use)
    assert not [each for each in shown_keys(ring, [OURS], FIRST_DAY) if each.is_seal]


@pytest.fixture
def ending_seal() -> Iterator[KeyRing]:
    """The organisation's own seal ends in ten days."""
    before = signing_keys.read(settings.secrets_dir)
    lasts = utc_now() - FIRST_DAY + timedelta(days=10)
    signing_keys.write(settings.secrets_dir, with_seal(before, ORGANISATION, lasts, "Handwerkskammer"))
    yield before
    signing_keys.write(settings.secrets_dir, before)


def test_the_page_names_the_keys_the_commands_and_what_ends(ending_seal: KeyRing) -> None:
    page = one_line(browser().get("/certificates/signing").text)
    for expected in (
        "Siegel Handwerkskammer",
        "ends soon",
        *(key.kid[:12] for key in ending_seal.keys),
        f"treffpunkt keys seal {ORGANISATION} seal.p12",
        'href="/certificates/keys/authority.pem"',
    ):
        assert expected in page
    assert "PRIVATE" not in page
    assert "Handwerkskammer" not in browser(organisation=new_id()).get("/certificates/signing").text
    assert public().get("/certificates/signing").status_code == 307


@pytest.mark.usefixtures("ending_seal")
def test_who_mails_confirmations_is_warned_too(few: ModelEvent) -> None:
    hear(*few.messages())
    rule()
    assert "Siegel Handwerkskammer is valid until" in one_line(
        browser().get(f"{PAGES}/attendance/mailing").text
    )
