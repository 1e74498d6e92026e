"""The body of a mail: the same content as plain text and as HTML. Pure.

The sentences belong to the services, which translate them before they come here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

# A paragraph, or facts under their labels: {"When": "Thursday, 10:00", "Where": "Aula"}.
Part = str | Mapping[str, str]

# Mail programs drop style sheets, so each element carries its own. Text and background keep the
# colours of the program (light or dark); only the link sets both, at a contrast of 8.5 : 1.
BODY = "margin:0;padding:24px;font-family:Arial,Helvetica,sans-serif;font-size:16px;line-height:1.5"
COLUMN = "max-width:600px;margin:0 auto"
HEADING = "font-size:22px;line-height:1.3;margin:0 0 16px"
PARAGRAPH = "margin:0 0 16px"
TERM = "font-weight:bold;margin:0"
DETAIL = "margin:0 0 8px"
BUTTON = (
    "display:inline-block;padding:12px 20px;border-radius:4px;background-color:#12499c;color:#ffffff;"
    "font-weight:bold;text-decoration:underline"
)
FOOTER = "margin:32px 0 0;padding-top:16px;border-top:1px solid #767676;font-size:14px"


@dataclass(frozen=True)
class Link:
    """The one thing to do. Raises ValueError for an address that is not http, https or mailto."""

    label: str
    url: str

    def __post_init__(self) -> None:
        if not self.url.startswith(("https://", "http://", "mailto:")) or len(self.url.split()) != 1:
            raise ValueError("A link in a mail begins with https://, http:// or mailto: and has no spaces.")


@dataclass(frozen=True)
class Body:
    """What `compose` takes as `text` and `html`."""

    text: str
    html: str


def paragraphs(
    greeting: str,
    *parts: Part,
    heading: str = "",
    link: Link | None = None,
    after: Sequence[Part] = (),
    footer: str = "",
    locale: str = "de",
) -> Body:
    """Build both bodies: heading, greeting, parts, the link as a button, what comes after it, footer.

    Everything is plain text here and escaped in the HTML; a line break in a part stays one.
    `heading` is also the HTML's title; `locale` (BCP 47) tells screen readers how to pronounce it.
    """
    letter = _Letter((greeting, *parts), heading, link, after, footer, locale)
    return Body(text=_text(letter), html=_html(letter))


@dataclass(frozen=True)
class _Letter:
    parts: Sequence[Part]
    heading: str
    link: Link | None
    after: Sequence[Part]
    footer: str
    locale: str


def _text(letter: _Letter) -> str:
    blocks = [f"{letter.heading}\n{'=' * len(letter.heading)}"] if letter.heading else []
    blocks += [_text_part(part) for part in letter.parts]
    if letter.link:
        blocks.append(f"{letter.link.label}:\n{letter.link.url}")
    blocks += [_text_part(part) for part in letter.after]
    if letter.footer:
        # "-- " on a line begins the signature, which programs show in grey and leave out of replies.
        blocks.append(f"-- \n{letter.footer}")
    return "\n\n".join(block for block in blocks if block) + "\n"


def _text_part(part: Part) -> str:
    if isinstance(part, str):
        return part.strip()
    return "\n".join(f"{label}: {value}" for label, value in part.items())


def _html(letter: _Letter) -> str:
    heading = _inline(letter.heading)
    return "\n".join(
        [
            "<!doctype html>",
            f'<html lang="{escape(letter.locale)}">',
            '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
            f'<meta name="color-scheme" content="light dark"><title>{escape(letter.heading)}</title></head>',
            f'<body style="{BODY}">',
            # Webmail drops html and body, and the language with them; so it stands here again.
            f'<div role="article" lang="{escape(letter.locale)}" style="{COLUMN}">',
            *([f'<h1 style="{HEADING}">{heading}</h1>'] if heading else []),
            *_html_parts(letter.parts),
            *([_button(letter.link)] if letter.link else []),
            *_html_parts(letter.after),
            *([f'<p style="{FOOTER}">{_inline(letter.footer)}</p>'] if letter.footer else []),
            "</div></body></html>\n",
        ]
    )


def _html_parts(parts: Sequence[Part]) -> Iterator[str]:
    return (_html_part(part) for part in parts if part)


def _html_part(part: Part) -> str:
    if isinstance(part, str):
        return f'<p style="{PARAGRAPH}">{_inline(part.strip())}</p>'
    rows = (
        f'<dt style="{TERM}">{_inline(label)}</dt><dd style="{DETAIL}">{_inline(value)}</dd>'
        for label, value in part.items()
    )
    return f'<dl style="{PARAGRAPH}">{"".join(rows)}</dl>'


def _button(link: Link) -> str:
    return (
        f'<p style="{PARAGRAPH}"><a href="{escape(link.url)}" style="{BUTTON}">{_inline(link.label)}</a></p>'
    )


def _inline(text: str) -> str:
    return escape(text).replace("\n", "<br>\n")
