"""How a layout is written, as its page says."""

import re
from dataclasses import replace
from pathlib import Path

from services.certificates.badges.document import draw
from services.certificates.layouts import checks, forms, templates
from services.certificates.layouts.checks import read
from services.certificates.layouts.layout import Layout
from services.certificates.layouts.samples import SAMPLES
from tests.support.paper_facts import a_badge_run
from tests.support.papers import texts

PAGE = (Path(checks.__file__).parent / "README.md").read_text(encoding="utf-8")


def the_example() -> Layout:
    [example] = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    return read(example)


def test_the_example_is_printed() -> None:
    run = replace(a_badge_run([SAMPLES["usual"], SAMPLES["long"]]), layout=the_example())
    front, back, *_ = texts(draw(run))
    assert "Wieloch" in front
    assert "Willkommen bei Vernetzungstreffen" in front
    assert "Mein Programm" in back


def test_the_page_names_each_field_and_each_kind() -> None:
    assert [field for field in templates.FIELDS if f"`{{{field}}}`" not in PAGE] == []
    assert [kind for kind in forms.KINDS if f"`{kind}`" not in PAGE] == []
