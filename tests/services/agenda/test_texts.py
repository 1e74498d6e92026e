import pytest

from services.agenda.text import clean_line, clean_paragraph, key_from


def test_a_line_is_composed_trimmed_and_has_single_spaces() -> None:
    assert clean_line("  Cafe\u0301 \u00a0 im Foyer ") == "Café im Foyer"


@pytest.mark.parametrize("text", ["a\u0000b", "a\nb", "a\u202eb", "a\u2028b", "a\ue000b"])
def test_characters_that_nobody_sees_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="invisible"):
        clean_line(text)


def test_a_paragraph_keeps_its_line_breaks() -> None:
    assert clean_paragraph("Erstens\r\nZweitens\n") == "Erstens\nZweitens"


@pytest.mark.parametrize(
    ("name", "taken", "key"),
    [
        ("TZLR Ilmenau", [], "tzlr-ilmenau"),
        ("Begrüßung", [], "begrussung"),
        ("Café", ["cafe", "cafe-2"], "cafe-3"),
        ("大会", [], "entry"),
        ("New", [], "new-2"),
    ],
)
def test_a_key_is_made_from_the_name(name: str, taken: list[str], key: str) -> None:
    assert key_from(name, taken) == key
