from services.certificates.tickets.codes import new_short_code
from shared.contracts.ticket_code import clean_short_code, show_short_code


def test_a_short_code_is_one_that_the_door_understands() -> None:
    code = new_short_code()
    assert clean_short_code(show_short_code(code)) == code


def test_the_random_source_can_be_given() -> None:
    assert new_short_code(lambda letters: letters[0]) == "BBBBBBBB"
