import pytest

from shared.kit.text import has_hidden_characters, single_spaces


@pytest.mark.parametrize(
    "text", ["a\x00b", "a\nb", "a\u202eb", "a\u2067b", "a\u2028b", "a\ud800", "a\ue000b"]
)
def test_characters_that_nobody_sees_are_found(text: str) -> None:
    assert has_hidden_characters(text)


@pytest.mark.parametrize("text", ["", "Ada Beispiel", "علی\u200cرضا", "क्\u200dष", "Café 🎉"])
def test_a_text_in_any_script_hides_nothing(text: str) -> None:
    assert not has_hidden_characters(text)


def test_a_paragraph_may_hold_its_line_breaks() -> None:
    assert not has_hidden_characters("Erstens\nZweitens", allowed="\n")
    assert has_hidden_characters("Erstens\nZwei\x00tens", allowed="\n")


def test_every_run_of_white_space_becomes_one_space() -> None:
    assert single_spaces(" Ada\u00a0 \t Beispiel ") == "Ada Beispiel"
