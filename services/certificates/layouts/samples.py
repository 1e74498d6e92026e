"""Made-up people with whom a layout is shown before anybody has signed up: easy names and hard ones."""

from datetime import UTC, datetime

from services.certificates.badges.badge import AgendaLine, Badge, WayLine
from services.certificates.documents.event import EventFacts

EVENT = EventFacts(
    title="Vernetzungstreffen des KI-Hubs Sachsen-Thüringen",
    organiser="Mittelstand-Digital Zentrum Chemnitz",
    venue="TU Chemnitz",
    city="Chemnitz",
    starts_at=datetime(2022, 11, 24, 8, 30, tzinfo=UTC),
    ends_at=datetime(2022, 11, 24, 15, 15, tzinfo=UTC),
    timezone="Europe/Berlin",
)
# As long as a signed code; no door takes it.
CODE = "EVT1:" + "SAMPLE" * 22 + "00"
SHORT_CODE = "BCDF-GHJK"

AGENDA = (
    AgendaLine("09:30", "Begrüßung und Ziele des Tages", "Großer Saal"),
    AgendaLine("10:00", "Speed-Networking", "Foyer"),
    AgendaLine("11:15", "Status quo von KI in Sachsen", "Großer Saal"),
    AgendaLine("12:15", "Mittagessen und Gespräche", "Mensa"),
    AgendaLine("13:15", "World Café: Demonstratoren, Publikationen und Veranstaltungen", "Raum 201"),
    AgendaLine("14:45", "Rundgang durch die Experimentier- und Digitalfabrik", "Halle E"),
)
WAY = (
    WayLine("10:00", "Speed-Networking", "Tisch 4", "Egon Schulz"),
    WayLine("10:06", "Speed-Networking", "Tisch 11", "Şükrü Çağlayan-Öztürk"),
    WayLine("10:12", "Speed-Networking", "Tisch 2", "太郎 山田"),
    WayLine("13:15", "World Café", "Thema 3: Demonstratoren"),
    WayLine("13:45", "World Café", "Thema 1: Schulungen"),
    WayLine("14:45", "Rundgang", "Station B"),
)


def a_sample(
    first_name: str, last_name: str, organisation: str, category: str = "guest", *, has_lists: bool = True
) -> Badge:
    return Badge(
        first_name,
        last_name,
        organisation,
        category,
        CODE,
        SHORT_CODE,
        agenda=AGENDA if has_lists else (),
        way=WAY if has_lists else (),
    )


# By the names under which the editor offers them.
SAMPLES = {
    "usual": a_sample("Lisbeth", "Wieloch", "Mittelstand-Digital Zentrum Ilmenau", "partner"),
    "long": a_sample(
        "Maximiliane-Alexandra",
        "von und zu Hohenwarth-Schwarzenfels-Lichtenau",
        "Technische Universität Chemnitz, Professur Fabrikplanung und Intralogistik",
        "speaker",
    ),
    "short": a_sample("Ó", "Ek", "", "staff", has_lists=False),
    "arabic": a_sample("محمد", "علي", "Saale-Logistik GmbH & Co. KG"),
    "japanese": a_sample("太郎", "山田", "株式会社サンプル", "speaker"),
    "hebrew": a_sample("יעל", "כהן", "InfAI e. V., Leipzig", "partner"),
}
