"""A text is as large as it may be, and what cannot be large enough is said."""

import pytest

from services.certificates.documents.fitting import DoesNotFit, fit, fit_or_cut, wrap
from services.certificates.documents.fonts import load_fonts

WIDTH = 250.0


def lines_of(text: str, largest: float = 40) -> tuple[list[str], float]:
    fitted = fit(text, load_fonts().bold, width=WIDTH, largest=largest)
    return [line.text for line in fitted.lines], fitted.size


def test_a_short_name_has_the_largest_size() -> None:
    assert lines_of("Ó") == (["Ó"], 40)


def test_a_longer_name_fills_the_width() -> None:
    fitted = fit("Großkreutz-Müller", load_fonts().bold, width=WIDTH, largest=60, max_lines=1)
    assert fitted.lines[0].width * fitted.size / 1000 == pytest.approx(WIDTH)


def test_a_long_name_breaks_into_balanced_lines_where_that_makes_it_larger() -> None:
    lines, size = lines_of("von und zu Hohenwarth-Schwarzenfels-Lichtenau", 26)
    assert lines == ["von und zu Hohenwarth-", "Schwarzenfels-Lichtenau"]
    assert size > 18


def test_a_line_ends_with_a_word_rather_than_with_a_hyphen() -> None:
    name = "Maximiliane-Alexandra von und zu Hohenwarth-Schwarzenfels"
    fitted = fit(name, load_fonts().bold, width=400, largest=25)
    assert [line.text for line in fitted.lines] == [
        "Maximiliane-Alexandra von und",
        "zu Hohenwarth-Schwarzenfels",
    ]


def test_what_would_be_smaller_than_ten_points_does_not_fit() -> None:
    with pytest.raises(DoesNotFit):
        lines_of("Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen" * 2)


def test_a_heading_that_is_too_long_ends_with_dots() -> None:
    fitted = fit_or_cut("Netzwerk " * 60, load_fonts().bold, width=WIDTH, largest=11, smallest=8, max_lines=2)
    assert len(fitted.lines) == 2
    assert fitted.lines[-1].text.endswith("…")
    assert all(line.width * fitted.size / 1000 <= WIDTH for line in fitted.lines)


@pytest.mark.parametrize(
    "text", ["Institut für Angewandte Informatik e. V., Leipzig", "W" * 200, "山田太郎" * 20]
)
def test_no_wrapped_line_is_wider_than_its_column_and_no_letter_is_lost(text: str) -> None:
    lines = wrap(text, load_fonts().regular, size=9, width=120)
    assert all(line.width * 9 / 1000 <= 120 for line in lines)
    assert "".join(line.text for line in lines).replace(" ", "") == text.replace(" ", "")
