"""A person's link opens what is that person's for a day, and nothing else."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from joserfc.jwk import OKPKey

from shared.errors import NotFound, Unauthenticated
from shared.kit import access
from shared.kit.access import Principal
from shared.kit.person_links import LIFE, person_of, sign_person

PERSON = UUID(int=7)
NOON = datetime(2022, 11, 24, 12, tzinfo=UTC)
KEY = OKPKey.generate_key("Ed25519")
PRIVATE, PUBLIC = KEY.as_pem(private=True), KEY.as_pem(private=False)


def noon() -> datetime:
    return NOON


def test_a_link_names_its_person() -> None:
    assert person_of(sign_person(PERSON, PRIVATE, now=noon), PUBLIC, now=noon) == PERSON


def test_a_link_ends_after_a_day() -> None:
    token = sign_person(PERSON, PRIVATE, now=noon)
    with pytest.raises(NotFound):
        person_of(token, PUBLIC, now=lambda: NOON + LIFE)


def test_a_link_that_somebody_else_signed_opens_nothing() -> None:
    forged = sign_person(PERSON, OKPKey.generate_key("Ed25519").as_pem(private=True), now=noon)
    with pytest.raises(NotFound):
        person_of(forged, PUBLIC, now=noon)


def test_a_link_is_no_pass_and_a_pass_is_no_link() -> None:
    principal = Principal(account_id=PERSON, session_id=PERSON, name="orga@example.org")
    signed = access.sign(principal, PRIVATE, life=timedelta(minutes=5), now=noon)
    with pytest.raises(NotFound):
        person_of(signed, PUBLIC, now=noon)
    with pytest.raises(Unauthenticated):
        access.verify(sign_person(PERSON, PRIVATE, now=noon), PUBLIC, now=noon)
