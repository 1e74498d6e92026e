from uuid import UUID

from fastapi import APIRouter

from services.registration.attendees.service import find_registration
from services.registration.checkin import closing, corrections, service
from services.registration.checkin.scans import explain
from services.registration.checkin.schemas import (
    AddStay,
    Attendance,
    Batch,
    BatchResult,
    CorrectionOut,
    NewCorrection,
    ScanOut,
    ScanResult,
)
from services.registration.checkin.service import Result
from services.registration.web import EventToChange, EventToRead, EventToScan, Language
from shared.kit.i18n import Locale, gettext
from shared.kit.web.dependencies import Db, OnceForToken, TokenUser
from shared.kit.web.idempotency import IdempotentRoute

router = APIRouter(
    prefix="/registration/api/v1/events/{event}", tags=["attendance"], route_class=IdempotentRoute
)


@router.post("/scans", dependencies=[OnceForToken])
def record_scans(
    batch: Batch, event: EventToScan, session: Db, user: TokenUser, language: Language
) -> BatchResult:
    """Keep the scans of a device. Always 200, with a result for each: sending a batch again changes nothing."""
    results = service.record_scans(session, event, batch.scans, user)
    if batch.device:
        closing.hear_of_device(session, event, batch.device, batch.held)
    return BatchResult(results=[_shown(result, language) for result in results])


def _shown(result: Result, language: Locale) -> ScanResult:
    detail = gettext(language, explain(result.reason)) if result.reason else None
    return ScanResult(
        result=result.result, reason=result.reason, detail=detail, flag=result.flag, scan_id=result.scan_id
    )


@router.get("/registrations/{registration_id}/attendance")
def show_attendance(registration_id: UUID, event: EventToRead, session: Db) -> Attendance:
    """Somebody's scans and corrections."""
    registration = find_registration(session, event, registration_id)
    return Attendance(
        scans=[ScanOut.model_validate(scan) for scan in service.list_scans(session, registration.id)],
        corrections=[
            CorrectionOut.model_validate(correction)
            for correction in corrections.list_corrections(session, registration.id)
        ],
    )


@router.post("/registrations/{registration_id}/corrections", status_code=201, dependencies=[OnceForToken])
def correct_attendance(
    registration_id: UUID,
    body: NewCorrection,
    event: EventToChange,
    session: Db,
    user: TokenUser,
    language: Language,
) -> CorrectionOut:
    """Add a stay or strike a scan, with the reason. Minutes are never set."""
    registration = find_registration(session, event, registration_id)
    if isinstance(body, AddStay):
        correction = corrections.add_stay(
            session,
            registration,
            user,
            entered_at=body.entered_at,
            left_at=body.left_at,
            reason=body.reason,
            locale=language,
        )
    else:
        correction = corrections.strike_scan(
            session, registration, body.scan_id, user, reason=body.reason, locale=language
        )
    return CorrectionOut.model_validate(correction)
