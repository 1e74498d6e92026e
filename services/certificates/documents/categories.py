"""Categories of attendees on paper: their names in both languages, and the colours of the badge's band."""

import zlib

from services.certificates.documents.content import Colour
from services.certificates.documents.paper import ACCENT, colour

NAMES = {
    "de": {"guest": "Gast", "partner": "Partner", "speaker": "Vortrag", "staff": "Team"},
    "en": {"guest": "Guest", "partner": "Partner", "speaker": "Speaker", "staff": "Staff"},
}
COLOURS = {
    "partner": ACCENT,
    "guest": colour("#3F6212"),
    "speaker": colour("#9A3412"),
    "staff": colour("#4C1D95"),
}
# For categories of the organiser's own; white letters stand on each with a contrast of at least 7 : 1.
FURTHER_COLOURS = tuple(map(colour, ("#0B4F6C", "#7A1F4B", "#1E4D2B", "#5B3A00", "#26418F", "#5A2A5E")))


def name_of(category: str, language: str) -> str:
    """The word for a category that comes with the product; an organiser's own stays as it was typed."""
    return NAMES.get(language, NAMES["en"]).get(category, category)


def colour_of(category: str) -> Colour:
    """The same category has the same colour on each badge and in each run."""
    further = FURTHER_COLOURS[zlib.crc32(category.encode()) % len(FURTHER_COLOURS)]
    return COLOURS.get(category, further)
