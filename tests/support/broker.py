"""A broker that keeps what it is given."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class FakeBroker:
    """Stands for a Celery app that only sends; `is_away` makes it raise as a lost Redis does."""

    sent: list[tuple[str, list[Any], str]] = field(default_factory=list)
    is_away: bool = False

    def send_task(self, name: str, arguments: list[Any], *, queue: str, retry: bool = True) -> None:
        if self.is_away:
            raise ConnectionError("no broker")
        self.sent.append((name, arguments, queue))
