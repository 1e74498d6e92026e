"""The report for programs."""

import datetime

from pydantic import BaseModel, ConfigDict


class EventOut(BaseModel):
    """One event in numbers."""

    date: datetime.date
    title: dict[str, str]
    place: str
    funding_reference: str
    registered: int
    arrived: int
    no_shows: int
    organisations: int
    hours: float
    confirmations: int


class ReportOut(BaseModel):
    """Events in numbers, and all of them together: nobody is named."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "events": [
                        {
                            "date": "2022-11-24",
                            "title": {"de": "Vernetzungstreffen des KI-Hubs Sachsen-Thüringen"},
                            "place": "TU Chemnitz, Professur Fabrikplanung und Intralogistik",
                            "funding_reference": "01MF21007A",
                            "registered": 60,
                            "arrived": 55,
                            "no_shows": 5,
                            "organisations": 14,
                            "hours": 286.5,
                            "confirmations": 48,
                        }
                    ],
                    "registered": 60,
                    "arrived": 55,
                    "no_shows": 5,
                    "people": 55,
                    "organisations": 14,
                    "hours": 286.5,
                    "confirmations": 48,
                }
            ]
        }
    )

    events: list[EventOut]
    registered: int
    arrived: int
    no_shows: int
    people: int
    """Different people, by mail address."""
    organisations: int
    """Different organisations of those who came."""
    hours: float
    """Attended hours of all together."""
    confirmations: int
