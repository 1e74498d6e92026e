import pytest

from shared.kit.sorting import name_key


def ordered(*names: tuple[str, str]) -> list[str]:
    return [last for last, _ in sorted(names, key=lambda name: name_key(*name))]


@pytest.mark.parametrize(
    "names",
    [
        ["Adolph", "Ärmel", "Axt"],
        ["Gießler", "Gless", "Gröger", "Großkreutz-Müller"],
        ["Çağlayan-Öztürk", "Caspar", "Drub"],
        ["Löffler", "Łukasz", "Lutz"],
        ["Zander", "Żółć", "Αναστασία", "علي", "शर्मा", "山田"],
        ["eberth", "Eckbauer", "Ek"],
    ],
)
def test_names_stand_where_a_german_reader_looks_for_them(names: list[str]) -> None:
    assert ordered(*((name, "Ada") for name in reversed(names))) == names


def test_a_short_name_stands_before_a_longer_one_whatever_the_first_names() -> None:
    assert ordered(("Kranzler", "Ada"), ("Kranz", "Zoe")) == ["Kranz", "Kranzler"]


def test_equal_last_names_are_ordered_by_first_name() -> None:
    keys = [name_key("Kranz", first) for first in ("Nadeshda", "Aurelia", "Émile")]
    assert sorted(keys) == [keys[1], keys[2], keys[0]]


def test_a_vowel_sign_of_another_script_is_kept() -> None:
    assert name_key("शर्मा", "") != name_key("शर्म", "")
