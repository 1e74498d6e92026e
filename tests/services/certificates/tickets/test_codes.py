from services.certificates.tickets.codes import SHORT_CODE_ALPHABET, new_short_code, shown_short_code


def test_a_short_code_can_be_read_aloud() -> None:
    code = new_short_code()
    assert len(code) == 8
    assert set(code) <= set(SHORT_CODE_ALPHABET)
    assert not set(SHORT_CODE_ALPHABET) & set("AEIOUY0123456789")


def test_a_short_code_is_printed_in_two_halves() -> None:
    assert shown_short_code("BCDFGHJK") == "BCDF-GHJK"


def test_the_random_source_can_be_given() -> None:
    assert new_short_code(lambda letters: letters[0]) == "BBBBBBBB"
