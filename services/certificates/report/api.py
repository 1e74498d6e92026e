"""The report across events, by REST."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from services.certificates.report.figures import Period
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
    reference: Annotated[str, Query(max_length=200, examples=["01MF21007A"])] = "",
) -> ReportOut:
    """Your organisations' events of a period in numbers: people, organisations, hours, no-shows.

    With `reference`, only those with this funding reference in their rules.
    """
    report = report_of(session, caller.organisations(Right.read), Period(first, last), reference=reference)
    events = [
        EventOut(
            date=each.event.day,
            title=dict(each.event.title),
            place=each.event.place,
            funding_reference=each.event.reference,
            registered=each.registered,
            arrived=each.arrived,
            no_shows=each.no_shows,
            organisations=len(each.organisations),
            hours=each.hours,
            confirmations=each.confirmations,
        )
        for each in report.events
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
