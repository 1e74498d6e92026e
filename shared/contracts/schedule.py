"""The periodic tasks that each service serves, by name: what beat sends, and how often (seconds).

Due times stand in PostgreSQL; such a task only looks whether something is due. A tick that nobody
took within its period expires, so a worker that comes back finds one of each and no queue.
"""

PERIODS: dict[str, float] = {
    "agenda.purge_messages": 600,
    "agenda.solve_plans": 1,
    "certificates.draw_documents": 1,
    "certificates.drop_abandoned_files": 3600,
    "certificates.forget_expired": 3600,
    "certificates.issue_confirmations": 1,
    "certificates.issue_tickets": 1,
    "certificates.purge_messages": 600,
    "certificates.send_mails": 1,
    "registration.forget_expired": 3600,
    "registration.purge_messages": 600,
    "registration.send_mails": 1,
    "registration.tell_of_attempts": 60,
}


def service_of(task: str) -> str:
    """The service, and so the queue, of a task: `certificates` for `certificates.send_mails`."""
    return task.partition(".")[0]
