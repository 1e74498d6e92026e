"""Drawing what was ordered."""

from services.certificates.runs.service import draw_next
from services.certificates.runtime import Sessions
from shared.kit.tasks import periodic

# One task takes seconds; what is left is the next tick's.
MOST_RUNS = 5


@periodic("certificates.draw_documents")
def draw_documents() -> None:
    for _ in range(MOST_RUNS):
        if not draw_next(Sessions):
            return
