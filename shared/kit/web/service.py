"""What each service's `web.py` builds its dependencies from."""

from collections.abc import Callable, Iterator

from sqlalchemy.orm import Session

from shared.kit.database import Sessions


def transaction_of(sessions: Sessions) -> Callable[[], Iterator[Session]]:
    """A dependency: one request, one transaction.

    Use it as `Depends(transaction, scope="function")`: FastAPI then commits before the answer is
    sent. With its default scope a failing commit would still answer 200.
    """

    def transaction() -> Iterator[Session]:
        with sessions.begin() as session:
            yield session

    return transaction
