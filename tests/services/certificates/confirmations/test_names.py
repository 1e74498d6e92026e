import pytest

from services.certificates.confirmations.names import abbreviated


@pytest.mark.parametrize(
    ("first_name", "last_name", "shown"),
    [
        ("Jürgen", "Großkreutz-Müller", "J. G."),
        ("Łukasz", "Żółć", "Ł. Ż."),
        ("Maximiliane-Alexandra", "von und zu Hohenwarth-Schwarzenfels-Lichtenau", "M. v."),
        ("محمد", "علي", "م. ع."),
        ("太郎", "山田", "太. 山."),
        ("Αναστασία", "Παπαδοπούλου", "Α. Π."),
    ],
)
def test_the_public_page_shows_initials_in_their_own_script(
    first_name: str, last_name: str, shown: str
) -> None:
    assert abbreviated(first_name, last_name) == shown


def test_marks_and_joined_consonants_stay_with_their_letter() -> None:
    assert abbreviated("A\u0301nh", "Nguyen") == "Á. N."
    assert abbreviated("क्षमा", "शर्मा") == "क्ष. श."


def test_a_given_name_of_one_letter_is_hidden() -> None:
    assert abbreviated("Ó", "Ek") == "* E."
    assert abbreviated("伟", "王") == "* 王."


def test_a_person_with_one_name_has_one_initial() -> None:
    assert abbreviated("", "Madonna") == "M."
