"""Drawing what was ordered."""

import time
from collections.abc import Callable

from services.certificates.runs.files import drop_abandoned
from services.certificates.runs.service import draw_next
from services.certificates.runtime import Sessions
from shared.kit.clock import utc_now
from shared.kit.tasks import periodic

# Far below a task's hard limit: after this time no further paper is begun, and the next tick goes on.
SECONDS = 5


@periodic("certificates.draw_documents")
def draw_documents(clock: Callable[[], float] = time.monotonic) -> None:
    end = clock() + SECONDS
    while draw_next(Sessions) and clock() < end:
        pass


@periodic("certificates.drop_abandoned_files")
def drop_abandoned_files() -> None:
    drop_abandoned(utc_now())
