"""Issuing confirmations that have become due."""

from services.certificates.confirmations.issuing import issue_next
from services.certificates.runtime import Sessions
from shared.kit.tasks import periodic

# Drawing takes some 30 ms each, while the organisation's counter is locked: half a second.
BATCH = 15
BATCHES = 20


@periodic("certificates.issue_confirmations")
def issue_confirmations() -> None:
    for _ in range(BATCHES):
        with Sessions.begin() as session:
            if not issue_next(session, limit=BATCH):
                return
