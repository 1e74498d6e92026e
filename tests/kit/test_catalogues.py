from pathlib import Path

import pytest

from shared.kit.i18n import catalogues
from shared.kit.i18n.catalogues import Part
from shared.kit.i18n.sentences import compiled, load

SOURCE = '''
from shared.errors import Conflict, FieldError
from shared.kit.i18n import N_, gettext, ngettext, translator

LABEL = N_("Confirmed")


class EventFull(Conflict):
    """This event is full.

    Whoever wants to come is put on the waiting list.
    """


class DayFull(EventFull):
    """The {day} is
    full."""


class Helper:
    """Nothing for people."""


def words(locale):
    _ = translator(locale)
    return [
        _("Hello {name}", name="Ada"),
        gettext(locale, "See you"),
        ngettext(locale, "{n} place", "{n} places", 2),
        _.plural("{n} day", "{n} days", 2),
        FieldError("email", "Please enter an address."),
    ]
'''
TEMPLATE = (
    """{% macro greet() %}{{ _("Welcome") }}{% endmacro %}{{ ngettext("{n} guest", "{n} guests", 2) }}"""
)

FOUND = {
    "Confirmed",
    "This event is full.",
    "The {day} is full.",
    "Hello {name}",
    "See you",
    ("{n} place", "{n} places"),
    ("{n} day", "{n} days"),
    "Please enter an address.",
    "Welcome",
    ("{n} guest", "{n} guests"),
}


@pytest.fixture
def part(tmp_path: Path) -> Part:
    (tmp_path / "signup/templates").mkdir(parents=True)
    (tmp_path / "signup/service.py").write_text(SOURCE)
    (tmp_path / "signup/templates/form.html").write_text(TEMPLATE)
    return Part("registration", tmp_path, tmp_path / "locale/de/LC_MESSAGES/messages.po")


def translate(part: Part, sentences: dict[str, str]) -> None:
    text = part.po.read_text()
    for english, german in sentences.items():
        assert f'msgid "{english}"\nmsgstr ""' in text
        text = text.replace(f'msgid "{english}"\nmsgstr ""', f'msgid "{english}"\nmsgstr "{german}"')
    part.po.write_text(text)


def test_every_sentence_for_people_is_found(part: Part) -> None:
    assert catalogues.sentences(part) == FOUND


def test_a_sentence_without_a_file_is_missing(part: Part) -> None:
    assert "registration: missing: See you" in catalogues.check(part)


def test_a_new_sentence_has_to_be_translated(part: Part) -> None:
    catalogues.update(part)
    assert "registration: not translated: See you" in catalogues.check(part)
    translate(part, {"See you": "Bis bald"})
    assert "registration: not translated: See you" not in catalogues.check(part)


def test_an_update_keeps_translations_and_drops_what_is_gone(part: Part) -> None:
    catalogues.update(part)
    translate(part, {"See you": "Bis bald", "Confirmed": "Bestätigt"})
    (part.source / "signup/service.py").write_text('_("See you")')
    catalogues.update(part)
    text = part.po.read_text()
    assert "Bis bald" in text
    assert "Bestätigt" not in text


def test_an_update_without_news_leaves_the_file_as_it_is(part: Part) -> None:
    catalogues.update(part)
    before = part.po.read_bytes()
    catalogues.update(part)
    assert part.po.read_bytes() == before


def test_a_sentence_that_nobody_says_any_more_is_left_over(part: Part) -> None:
    catalogues.update(part)
    (part.source / "signup/service.py").unlink()
    assert "registration: left over: See you" in catalogues.check(part)


def test_a_translation_must_have_the_facts_of_its_sentence(part: Part) -> None:
    catalogues.update(part)
    translate(part, {"Hello {name}": "Guten Tag {Name}"})
    assert "registration: other facts than in the sentence: Hello {name}" in catalogues.check(part)


def test_a_translation_that_somebody_was_not_sure_of_is_named(part: Part) -> None:
    catalogues.update(part)
    translate(part, {"See you": "Bis bald"})
    part.po.write_text(part.po.read_text().replace('msgid "See you"', '#, fuzzy\nmsgid "See you"'))
    assert "registration: not sure: See you" in catalogues.check(part)


def test_what_the_kit_says_needs_no_second_translation(part: Part) -> None:
    catalogues.update(part, known=["See you"])
    assert "See you" not in part.po.read_text()
    assert not any("See you" in fault for fault in catalogues.check(part, known=["See you"]))


def test_a_template_that_cannot_be_read_is_an_error(part: Part) -> None:
    (part.source / "signup/templates/form.html").write_text("{% block %}")
    with pytest.raises(Exception, match="block"):
        catalogues.sentences(part)


def test_a_compiled_catalogue_says_the_same_as_its_source(part: Part) -> None:
    catalogues.update(part)
    translate(part, {"See you": "Bis bald"})
    from_source = load(part.po)
    part.po.with_suffix(".mo").write_bytes(compiled(part.po))
    from_binary = load(part.po)
    assert from_source is not None
    assert from_binary is not None
    assert from_source.gettext("See you") == from_binary.gettext("See you") == "Bis bald"


def test_two_services_do_not_translate_one_sentence_differently(tmp_path: Path) -> None:
    for service in ("agenda", "registration"):
        source = tmp_path / "services" / service
        source.mkdir(parents=True)
        (source / "__init__.py").write_text('_("Room")')
    (tmp_path / "shared").mkdir()
    catalogues.update_all(root=tmp_path)
    for part, german in zip(catalogues.parts(tmp_path)[1:], ("Raum", "Zimmer"), strict=True):
        translate(part, {"Room": german})
    assert catalogues.check_all(tmp_path) == ["registration: translated otherwise in agenda: Room"]
