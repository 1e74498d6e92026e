"""Texts in every script come out of a paper as they went in."""

import unicodedata

import pytest

from services.certificates.confirmations import document as confirmations
from services.certificates.documents.fonts import load_fonts
from services.certificates.documents.problems import Reason, check
from services.certificates.documents.shaping import shape
from services.certificates.tickets import document as tickets
from tests.support.paper_facts import a_confirmation, a_ticket
from tests.support.paper_text import by_chrome, by_poppler, by_pypdf, letters, without_spaces

# The normative letters of DIN 91379 that are one character: what German authorities must be able to print.
RANGES = (
    "AZ az ÀÖ Øö øž Ƈƈ ƏƏ ƗƗ Ơơ Ưư ƷƷ Ǎǜ Ǟǟ Ǣǰ Ǵǵ Ǹǿ Ȓȓ Șț Ȟȟ ȧȳ əə ɨɨ ʒʒ Ḃḃ Ḇḇ Ḋḑ ḗḗ Ḝḫ ḯḷ Ḻḻ Ṁṉ Ṓṛ Ṟṣ Ṫṯ "
    "Ẁẇ Ẍẗ ẞẞ Ạỹ"
)
SINGLE = [chr(code) for first, last in RANGES.split() for code in range(ord(first), ord(last) + 1)]
# Its sequences: letters whose marks Unicode has not composed.
SEQUENCES = [
    "A̋",
    "C̀",
    "C̄",
    "C̆",
    "C̈",
    "C̕",
    "C̣",
    "C̦",
    "C̨̆",
    "D̂",
    "F̀",
    "F̄",
    "G̀",
    "H̄",
    "H̦",
    "H̱",
    "J́",
    "J̌",
    "K̀",
    "K̂",
    "K̄",
    "K̇",
    "K̕",
    "K̛",
    "K̦",
    "K͟H",
    "K͟h",
    "L̂",
    "L̥",
    "L̥̄",
    "L̦",
    "M̀",
    "M̂",
    "M̆",
    "M̐",
    "N̂",
    "N̄",
    "N̆",
    "N̦",
    "P̀",
    "P̄",
    "P̕",
    "P̣",
    "R̆",
    "R̥",
    "R̥̄",
    "S̀",
    "S̄",
    "S̛̄",
    "S̱",
    "T̀",
    "T̄",
    "T̈",
    "T̕",
    "T̛",
    "U̇",
    "Z̀",
    "Z̄",
    "Z̆",
    "Z̈",
    "Z̧",
    "a̋",
    "c̀",
    "c̄",
    "c̆",
    "c̈",
    "c̕",
    "c̣",
    "c̦",
    "c̨̆",
    "d̂",
    "f̀",
    "f̄",
    "g̀",
    "h̄",
    "h̦",
    "j́",
    "k̀",
    "k̂",
    "k̄",
    "k̇",
    "k̕",
    "k̛",
    "k̦",
    "k͟h",
    "l̂",
    "l̥",
    "l̥̄",
    "l̦",
    "m̀",
    "m̂",
    "m̆",
    "m̐",
    "n̂",
    "n̄",
    "n̆",
    "n̦",
    "p̀",
    "p̄",
    "p̕",
    "p̣",
    "r̆",
    "r̥",
    "r̥̄",
    "s̀",
    "s̄",
    "s̛̄",
    "s̱",
    "t̀",
    "t̄",
    "t̕",
    "t̛",
    "u̇",
    "z̀",
    "z̄",
    "z̆",
    "z̈",
    "z̧",
    "Ç̆",
    "Û̄",
    "ç̆",
    "û̄",
    "ÿ́",
    "Č̕",
    "Č̣",
    "č̕",
    "č̣",
    "ē̍",
    "Ī́",
    "ī́",
    "ō̍",
    "Ž̦",
    "Ž̧",
    "ž̦",
    "ž̧",
    "Ḳ̄",
    "ḳ̄",
    "Ṣ̄",
    "ṣ̄",
    "Ṭ̄",
    "ṭ̄",
    "Ạ̈",
    "ạ̈",
    "Ọ̈",
    "ọ̈",
    "Ụ̄",
    "Ụ̈",
    "ụ̄",
    "ụ̈",
]
NAMES = {
    "arabic": "عبد الرحمن",
    "chinese and japanese": "山田太郎",
    "chinese as it is written today": "张晓东 陈为民",
    "chinese as it was written": "張曉東 陳爲民",
    "korean": "김민수 이서연",
    "cyrillic": "Ђорђе Щёголев",
    "devanagari": "प्रज्ञा क्षत्रिय",
    "greek": "Ελευθέριος",
    "hebrew": "נועה בן־דוד",
    "latin with marks": "Ḍūn̄a K͟hān",
    "persian": "می‌رضا",
    "thai": "สมชาย ใจดี",
    "vietnamese": "Nguyễn Thị Ánh",
}


def words(spellings: list[str], size: int = 12) -> list[str]:
    """Made-up words of so many letters."""
    return ["".join(spellings[start : start + size]) for start in range(0, len(spellings), size)]


def nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def copied(text: str) -> str:
    """What poppler copies of an organisation of this name."""
    return without_spaces(by_poppler(tickets.draw(a_ticket(organisation=text))))


@pytest.mark.parametrize("word", words(SINGLE, 24))
def test_every_letter_of_din_91379_is_printed_and_copied(word: str) -> None:
    assert check({"name": word}) == []
    assert nfc(word) in copied(word)


@pytest.mark.parametrize("word", words(SEQUENCES))
def test_every_sequence_of_din_91379_is_printed_and_copied(word: str) -> None:
    assert check({"name": word}) == []
    pdf = tickets.draw(a_ticket(organisation=word))
    assert nfc(word) in without_spaces(by_poppler(pdf))
    assert nfc(word) in without_spaces(by_pypdf(pdf))


@pytest.mark.parametrize("script", NAMES)
def test_a_name_is_copied_out_in_every_script(script: str) -> None:
    name = nfc(NAMES[script])
    pdf = confirmations.draw(a_confirmation(name=name))
    for copy in (by_poppler, by_pypdf, by_chrome):
        assert letters(name) in letters(copy(pdf)), copy.__name__


@pytest.mark.parametrize("script", NAMES)
def test_an_organisation_is_copied_out_in_every_script(script: str) -> None:
    name = nfc(NAMES[script])
    pdf = confirmations.draw(a_confirmation(organisation=name))
    for copy in (by_poppler, by_pypdf, by_chrome):
        assert letters(name) in letters(copy(pdf)), copy.__name__


def test_a_chinese_name_stands_in_one_hand() -> None:
    fonts = load_fonts()
    for name, hand in (("王张", "NotoSansSC"), ("山田太郎", "NotoSansJP"), ("Li 李张", "NotoSansSC")):
        used = {glyph.font.name.partition("-")[0] for glyph in shape(name, fonts.regular).glyphs}
        assert used - {"NotoSans"} == {hand}


def test_an_emoji_is_on_the_list_before_printing() -> None:
    [problem] = check({"name": "Ada 🎉"})
    assert (problem.reason, problem.characters) == (Reason.MISSING_GLYPH, ("🎉",))
