"""A released programme as `schedule.xml` (c3voc), which Giggity, EventFahrplan and others read."""

from urllib.parse import urlsplit

from lxml import etree

from services.agenda.programme.links import programme_url, schedule_url, session_url
from services.agenda.programme.released import Programme, Session
from services.agenda.programme.schedule import (
    GENERATOR,
    Day,
    RoomPlan,
    acronym,
    clock_time,
    days,
    instant,
    session_slug,
    timeslot,
    zone_name,
)


def to_xml(programme: Programme, *, public_url: str) -> bytes:
    """The file in UTF-8; valid against `schedule.xml.xsd`. The same input gives the same bytes."""
    schedule = etree.Element("schedule")
    etree.SubElement(schedule, "generator", name=GENERATOR, system=urlsplit(public_url).netloc)
    _text(schedule, "url", schedule_url(public_url, programme.slug, "xml"))
    _text(schedule, "version", str(programme.release))
    schedule.append(_conference(programme, public_url))
    for day in days(programme):
        schedule.append(_day(programme, day, public_url))
    return etree.tostring(schedule, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _conference(programme: Programme, public_url: str) -> etree._Element:
    conference = etree.Element("conference")
    _text(conference, "title", programme.default_title)
    _text(conference, "acronym", acronym(programme.slug))
    _text(conference, "start", instant(programme, programme.starts_at))
    _text(conference, "end", instant(programme, programme.ends_at))
    _text(conference, "days", str(len(days(programme))))
    _text(conference, "timeslot_duration", clock_time(timeslot(programme)))
    _text(conference, "base_url", f"{public_url.rstrip('/')}/")
    _text(conference, "url", programme_url(public_url, programme.slug))
    if name := zone_name(programme):
        _text(conference, "time_zone_name", name)
    return conference


def _day(programme: Programme, day: Day, public_url: str) -> etree._Element:
    element = etree.Element(
        "day",
        index=str(day.index),
        date=day.date.isoformat(),
        start=day.starts_at.isoformat(timespec="seconds"),
        end=day.ends_at.isoformat(timespec="seconds"),
    )
    for plan in day.rooms:
        element.append(_room(programme, plan, public_url))
    return element


def _room(programme: Programme, plan: RoomPlan, public_url: str) -> etree._Element:
    element = etree.Element("room", name=plan.name)
    if plan.room:
        element.set("guid", str(plan.room.guid))
    for session in plan.sessions:
        element.append(_session(programme, plan, session, public_url))
    return element


def _session(programme: Programme, plan: RoomPlan, session: Session, public_url: str) -> etree._Element:
    element = etree.Element("event", id=str(session.number), guid=str(session.guid))
    _text(element, "room", plan.name)
    _text(element, "title", session.title)
    _text(element, "subtitle", "")
    _text(element, "type", session.kind)
    _text(element, "date", instant(programme, session.starts_at))
    _text(element, "start", programme.local(session.starts_at).strftime("%H:%M"))
    _text(element, "duration", clock_time(session.minutes))
    _text(element, "abstract", session.abstract)
    _text(element, "slug", session_slug(programme, session))
    _text(element, "track", "")
    _text(element, "language", programme.default_locale)
    _text(element, "url", session_url(public_url, programme.slug, session.key))
    persons = etree.SubElement(element, "persons")
    for speaker in session.speakers:
        person = _text(persons, "person", speaker.label)
        person.set("id", str(speaker.number))
        person.set("guid", str(speaker.guid))
    return element


def _text(parent: etree._Element, name: str, text: str) -> etree._Element:
    child = etree.SubElement(parent, name)
    child.text = text
    return child
