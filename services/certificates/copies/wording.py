"""An event's copy in the words of one language, as papers and mails want it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from services.certificates.copies.models import Event
from services.certificates.documents.event import EventFacts
from services.certificates.documents.problems import Problem, check
from shared.kit.i18n import Locale, localised, negotiate


def language_of(wish: str) -> Locale:
    """The language in which we write to somebody: one that we have."""
    return negotiate(query=wish)


def facts_of(event: Event, language: Locale) -> EventFacts:
    """What every mail says about the event."""
    return EventFacts(
        title=localised(event.title, language),
        organiser=event.organiser,
        venue=event.venue["name"],
        city=event.venue["city"],
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        timezone=event.timezone,
    )


def printable_facts(event: Event, language: Locale) -> tuple[EventFacts, list[Problem]]:
    """What every paper says about the event, and what was left out of it.

    A picture letter in a title must not keep everybody's papers from being printed.
    """
    facts = facts_of(event, language)
    texts = {name: getattr(facts, name) for name in ("title", "organiser", "venue", "city")}
    printable, problems = printable_texts({f"event.{name}": text for name, text in texts.items()})
    kept: dict[str, Any] = {name: printable[f"event.{name}"] for name in texts}
    return replace(facts, **kept), problems


def printable_texts(texts: Mapping[str, str]) -> tuple[dict[str, str], list[Problem]]:
    """Texts of the organiser's own (field → text) without the characters that no font has."""
    problems = check(texts)
    return {**texts, **{problem.field: problem.kept() for problem in problems}}, problems
