"""The report across events as a page, on paper and as tables."""

from collections.abc import Callable
from datetime import date

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from services.certificates.report.document import draw
from services.certificates.report.figures import Period, Report
from services.certificates.report.files import as_csv, as_xlsx, rows_of
from services.certificates.report.service import paper_of, report_of
from services.certificates.web import pages, pdf
from shared.errors import FieldError, Invalid
from shared.kit.access import Principal, Right
from shared.kit.clock import utc_now
from shared.kit.i18n import N_, Locale
from shared.kit.pages import FormState, locale_of
from shared.kit.web.dependencies import BrowserUser, Db

router = APIRouter(prefix="/certificates", include_in_schema=False)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/report")
def see_report(request: Request, session: Db, person: BrowserUser) -> Response:
    typed = _typed(request)
    try:
        report = _report(session, person, typed)
    except Invalid as problem:
        form = FormState.refused(typed, problem)
        return _page(request, person, form, Report([]), status=422)
    return _page(request, person, FormState(typed), report)


@router.get("/report.pdf")
def get_pdf(request: Request, session: Db, person: BrowserUser) -> Response:
    """Drawn at once: a hundred events take a twentieth of a second, far less than counting them."""
    typed = _typed(request)
    report = _report(session, person, typed)
    return pdf(draw(paper_of(report, _period(typed), locale_of(request))), "report.pdf")


@router.get("/report.csv")
def get_csv(request: Request, session: Db, person: BrowserUser) -> Response:
    return _file(request, session, person, as_csv, "text/csv; charset=utf-8", "report.csv")


@router.get("/report.xlsx")
def get_xlsx(request: Request, session: Db, person: BrowserUser) -> Response:
    return _file(request, session, person, as_xlsx, XLSX, "report.xlsx")


def _typed(request: Request) -> dict[str, str]:
    """The period and the funding reference in the address; without a period, this year."""
    year = utc_now().year
    return {
        "from": request.query_params.get("from", f"{year}-01-01"),
        "to": request.query_params.get("to", f"{year}-12-31"),
        "reference": request.query_params.get("reference", "").strip(),
    }


def _report(session: Session, person: Principal, typed: dict[str, str]) -> Report:
    organisations = person.organisations(Right.read)
    return report_of(session, organisations, _period(typed), reference=typed["reference"])


def _period(typed: dict[str, str]) -> Period:
    return Period(_day("from", typed["from"]), _day("to", typed["to"]))


def _day(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise Invalid([FieldError(name, N_("Please give a date."))]) from problem


def _page(
    request: Request, person: Principal, form: FormState, report: Report, *, status: int = 200
) -> Response:
    return pages.render(
        request,
        "report/report.html",
        status,
        organiser=person.name,
        form=form,
        report=report,
        rows=rows_of(report, locale_of(request)),
    )


def _file(
    request: Request,
    session: Session,
    person: Principal,
    write: Callable[[Report, Locale], bytes],
    media_type: str,
    name: str,
) -> Response:
    content = write(_report(session, person, _typed(request)), locale_of(request))
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(content, media_type=media_type, headers=headers)
