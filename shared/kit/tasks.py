"""Marks for functions that a worker serves. The Celery app itself stands in each `worker.py`.

A mark only notes the name: importing a feature's `tasks.py` registers nothing, so three services
can be imported into one test process without mixing their tasks.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from shared.contracts.messages import Message
from shared.contracts.schedule import PERIODS

M = TypeVar("M", bound=Message)
Handler = Callable[[Session, M], None]
Job = Callable[[], Any]


def consumes(*contracts: type[M]) -> Callable[[Handler[M]], Handler[M]]:
    """Mark a function as the consumer of contracts: it runs once a message, in one transaction."""

    def mark(function: Handler[M]) -> Handler[M]:
        function.__dict__["contracts"] = contracts
        return function

    return mark


def periodic(name: str) -> Callable[[Job], Job]:
    """Mark a function as the job that beat calls by this name; it opens its own transactions.

    Raises KeyError for a name that has no period in shared/contracts/schedule.py.
    """
    PERIODS[name]  # Nobody would ever call a job without a period.

    def mark(function: Job) -> Job:
        function.__dict__["job"] = name
        return function

    return mark
