"""What pages call papers, verdicts and their reasons."""

from services.certificates.attendance.rule import Reason, Verdict
from services.certificates.confirmations.kinds import Kind
from shared.kit.i18n import N_

KINDS = {
    Kind.ATTENDANCE: N_("Confirmation of attendance"),
    Kind.HOURS: N_("Certificate with hours"),
    Kind.TEACHING_UNITS: N_("Certificate of teaching units"),
    Kind.SPEAKER: N_("Thanks to speakers"),
    Kind.SESSION: N_("Confirmation for one session"),
}
VERDICTS = {
    Verdict.DUE: N_("gets it"),
    Verdict.HELD: N_("waits for you"),
    Verdict.NOT_DUE: N_("does not get it"),
}
REASONS = {
    Reason.ENOUGH: N_("attended enough"),
    Reason.TOO_LITTLE: N_("attended too little"),
    Reason.SESSION_MISSED: N_("missed a session that is required"),
    Reason.OPEN_STAY: N_("was not scanned at the exit"),
    Reason.SPOKE: N_("was there as a speaker"),
    Reason.NOT_SEEN: N_("was not scanned at the door"),
    Reason.TAKEN_IN: N_("taken in by you"),
    Reason.TAKEN_OUT: N_("taken out by you"),
}
