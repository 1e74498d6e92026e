"""The report across events, by REST."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from services.certificates.report.schemas import EventOut, ReportOut
from services.certificates.report.service import report_of
from shared.kit.access import Right
from shared.kit.web.dependencies import Db, TokenUser

router = APIRouter(prefix="/certificates/api/v1/report", tags=["report"])


@router.get("")
def get_report(
    session: Db,
    caller: TokenUser,
    first: Annotated[date, Query(alias="from", examples=["2022-01-01"])],
    last: Annotated[date, Query(alias="to", examples=["2022-12-31"])],
) -> ReportOut:
    """Your organisations' events of a period in numbers: people, organisations, hours, no-shows."""
    report = report_of(session, caller.organisations(Right.read), first, last)
    events = [
        EventOut(
            date=event.day,
            title=dict(event.title),
            place=event.place,
            registered=event.registered,
            arrived=event.arrived,
            no_shows=event.no_shows,
            organisations=len(event.organisations),
            hours=event.hours,
            confirmations=event.confirmations,
        )
        for event in report.events
    ]
    return ReportOut(
        events=events,
        registered=report.registered,
        arrived=report.arrived,
        no_shows=report.no_shows,
        people=report.people,
        organisations=report.organisations,
        hours=report.hours,
        confirmations=report.confirmations,
    )
