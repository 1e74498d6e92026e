"""Corrections of attendance: a stay is added or a scan struck, with reason and author. Minutes are never set."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registration.checkin.models import Correction, Scan
from services.registration.checkin.scans import TOLERATED_AHEAD
from services.registration.checkin.service import NobodyThere
from services.registration.signup.models import Registration
from services.registration.signup.names import Refused, clean_line
from shared.contracts.registration import AttendanceCorrected, CorrectionKind
from shared.errors import Conflict, FieldError, Invalid, NotFound
from shared.kit.access import Principal
from shared.kit.clock import Clock, utc_now
from shared.kit.i18n import N_, Locale, gettext
from shared.kit.instants import CHECK_THE_YEAR, is_plausible
from shared.kit.outbox import publish

REASON_LIMIT = 500


class ScanNotFound(NotFound):
    """There is no such scan."""


class ScanStruckAlready(Conflict):
    """This scan was struck already."""


def add_stay(
    session: Session,
    registration: Registration,
    principal: Principal,
    *,
    entered_at: datetime,
    left_at: datetime,
    reason: str,
    locale: Locale = "en",
    now: Clock = utc_now,
) -> Correction:
    """Somebody was there from and to these instants, though no scan says so.

    Raises Invalid for a stay that ends before it begins or in the future, and without a reason.
    """
    errors = _errors_of_stay(entered_at, left_at, now(), locale)
    clean = _clean_reason(reason, errors, locale)
    if errors:
        raise Invalid(errors)
    stay = Correction(
        kind=CorrectionKind.add_stay.value,
        entered_at=entered_at,
        left_at=left_at,
        reason=clean,
        **_by(principal, now),
    )
    return _correct(session, registration, stay)


def strike_scan(
    session: Session,
    registration: Registration,
    scan_id: UUID,
    principal: Principal,
    *,
    reason: str,
    locale: Locale = "en",
    now: Clock = utc_now,
) -> Correction:
    """A scan counts no more. Raises ScanNotFound, ScanStruckAlready, and Invalid without a reason."""
    find_scan(session, registration, scan_id)
    # Two who strike the same scan do so one after the other.
    session.execute(select(Scan.id).where(Scan.id == scan_id).with_for_update(key_share=True))
    if session.scalar(select(Correction.id).where(Correction.scan_id == scan_id)) is not None:
        raise ScanStruckAlready
    errors: list[FieldError] = []
    clean = _clean_reason(reason, errors, locale)
    if errors:
        raise Invalid(errors)
    strike = Correction(
        kind=CorrectionKind.strike_scan.value, scan_id=scan_id, reason=clean, **_by(principal, now)
    )
    return _correct(session, registration, strike)


def find_scan(session: Session, registration: Registration, scan_id: UUID) -> Scan:
    scan = session.get(Scan, scan_id)
    if scan is None or scan.registration_id != registration.id:
        raise ScanNotFound
    return scan


def _by(principal: Principal, now: Clock) -> dict[str, Any]:
    return {"author": principal.name, "corrected_at": now()}


def _errors_of_stay(
    entered_at: datetime, left_at: datetime, now: datetime, locale: Locale
) -> list[FieldError]:
    if not is_plausible(entered_at):
        return [FieldError("entered_at", gettext(locale, CHECK_THE_YEAR))]
    if left_at <= entered_at:
        return [FieldError("left_at", gettext(locale, N_("A stay ends after it begins.")))]
    if left_at > now + TOLERATED_AHEAD:
        return [FieldError("left_at", gettext(locale, N_("A stay cannot end in the future.")))]
    return []


def _clean_reason(reason: str, errors: list[FieldError], locale: Locale) -> str:
    try:
        clean = clean_line(reason, limit=REASON_LIMIT)
    except Refused as refusal:
        errors.append(FieldError("reason", gettext(locale, refusal.sentence, **refusal.facts)))
        return ""
    if not clean:
        errors.append(FieldError("reason", gettext(locale, N_("Please give the reason."))))
    return clean


def _correct(session: Session, registration: Registration, correction: Correction) -> Correction:
    if registration.confirmed_at is None:
        raise NobodyThere
    correction.organisation_id, correction.event_id = registration.organisation_id, registration.event_id
    correction.registration_id = registration.id
    session.add(correction)
    session.flush()
    publish(
        session,
        AttendanceCorrected(
            organisation_id=correction.organisation_id,
            correction_id=correction.id,
            event_id=correction.event_id,
            registration_id=correction.registration_id,
            kind=CorrectionKind(correction.kind),
            scan_id=correction.scan_id,
            entered_at=correction.entered_at,
            left_at=correction.left_at,
            reason=correction.reason,
            author=correction.author,
            corrected_at=correction.corrected_at,
        ),
    )
    return correction


def list_corrections(session: Session, registration_id: UUID) -> Sequence[Correction]:
    corrections = select(Correction).where(Correction.registration_id == registration_id)
    return session.scalars(corrections.order_by(Correction.corrected_at, Correction.id)).all()
