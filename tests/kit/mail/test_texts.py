from html.parser import HTMLParser

import pytest

from shared.kit.mail import Body, Link, paragraphs


def a_body() -> Body:
    return paragraphs(
        "Guten Tag Lisbeth Wieloch,",
        "Sie sind angemeldet.\nWir freuen uns.",
        {"Wann": "24. November, 9:30 Uhr", "Wo": "Aula"},
        heading="Ihr Platz ist sicher",
        link=Link("Anmeldung ansehen", "https://example.org/r/a?b=1&c=2"),
        after=["Bis bald!"],
        footer="Büro Treffen\nChemnitz",
        locale="de",
    )


def test_the_text_can_be_read_as_it_is() -> None:
    assert a_body().text == (
        "Ihr Platz ist sicher\n"
        "====================\n"
        "\n"
        "Guten Tag Lisbeth Wieloch,\n"
        "\n"
        "Sie sind angemeldet.\nWir freuen uns.\n"
        "\n"
        "Wann: 24. November, 9:30 Uhr\nWo: Aula\n"
        "\n"
        "Anmeldung ansehen:\nhttps://example.org/r/a?b=1&c=2\n"
        "\n"
        "Bis bald!\n"
        "\n"
        "-- \nBüro Treffen\nChemnitz\n"
    )


class Reader(HTMLParser):
    """Collects what is shown, where links lead, and which elements there are."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str | None] = []
        self.elements: list[str] = []
        self.language: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        facts = dict(attrs)
        if tag == "a":
            self.links.append(facts["href"])
        if tag == "html":
            self.language = facts["lang"]

    def handle_data(self, data: str) -> None:
        self.words += data.split()


def test_the_html_says_everything_that_the_text_says() -> None:
    body, read = a_body(), Reader(a_body().html)
    said = {word.strip(":") for word in body.text.split()} - {
        "=" * 20,
        "--",
        "https://example.org/r/a?b=1&c=2",
    }
    assert said <= set(read.words)
    assert read.links == ["https://example.org/r/a?b=1&c=2"]


def test_the_html_tells_a_screen_reader_language_title_and_heading() -> None:
    read = Reader(a_body().html)
    assert read.language == "de"
    assert [read.elements.count(tag) for tag in ("title", "h1", "a", "dl", "dt", "dd")] == [1, 1, 1, 1, 2, 2]
    assert not {"table", "img", "script", "style", "link"} & set(read.elements)


def test_what_people_typed_stays_text() -> None:
    body = paragraphs("<script>alert(1)</script>", {"<b>": '"><img src=x>'}, heading="<i>", footer="<u>")
    assert not {"script", "b", "img", "i", "u"} & set(Reader(body.html).elements)
    assert "<script>alert(1)</script>" in body.text


def test_a_short_mail_is_just_its_sentences() -> None:
    assert paragraphs("Hello,", "See you.").text == "Hello,\n\nSee you.\n"


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "/relative", "https://example.org/a b", "data:text/html,x", ""]
)
def test_a_link_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="A link in a mail"):
        Link("Open", url)
