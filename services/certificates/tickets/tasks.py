"""Tickets that had to wait: for their event, or because an event of many people has changed."""

from services.certificates.runtime import Sessions
from services.certificates.tickets.service import look_at_next_tickets
from shared.kit.tasks import periodic

# Drawing takes some 20 ms a ticket: a batch commits within a second, a run ends after 20 of them.
BATCH = 20
BATCHES = 20


@periodic("certificates.issue_tickets")
def issue_tickets() -> None:
    for _ in range(BATCHES):
        with Sessions.begin() as session:
            if look_at_next_tickets(session, limit=BATCH) < BATCH:
                return
