import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from services.registration.signup.duplicates import address_key, person_key

LETTERS = st.text(st.characters(categories=["Lu", "Ll", "Mn"]), min_size=1, max_size=20)


def test_the_same_name_and_address_in_another_case_is_the_same_person() -> None:
    assert person_key("Anna", "WEIẞ", "A@example.org") == person_key("anna", "weiss", "a@example.org")


def test_another_name_with_the_same_address_is_another_person() -> None:
    assert person_key("Anna", "Weiß", "a@example.org") != person_key("Ben", "Weiß", "a@example.org")
    assert address_key("a@example.org") == address_key("A@example.org")


def test_an_accent_makes_another_person() -> None:
    assert person_key("José", "Alba", "a@example.org") != person_key("Jose", "Alba", "a@example.org")


def test_first_and_last_name_are_not_run_together() -> None:
    assert person_key("An", "Na", "a@example.org") != person_key("A", "nNa", "a@example.org")


@given(LETTERS)
def test_normal_forms_of_one_name_are_one_person(name: str) -> None:
    forms = {
        person_key(unicodedata.normalize(form, name), "x", "a@example.org") for form in ("NFC", "NFD", "NFKC")
    }
    assert len(forms) == 1
