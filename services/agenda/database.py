"""Base of the agenda's own tables; they stand in the schema `agenda`."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from psycopg.errors import UniqueViolation
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shared.errors import ProblemError
from shared.kit.database import ServiceBase, service_metadata


class Base(ServiceBase):
    """The agenda's tables."""

    __abstract__ = True
    metadata = service_metadata()


@contextmanager
def taken_as(session: Session, problems: Mapping[str, ProblemError]) -> Iterator[None]:
    """Write what the block changed; a unique constraint that refuses it raises the problem of its name.

    Only the database can tell that something is taken: between a question and a write another
    transaction may take it.
    """
    try:
        with session.begin_nested():
            yield
            session.flush()
    except IntegrityError as refusal:
        violation = refusal.orig
        name = violation.diag.constraint_name if isinstance(violation, UniqueViolation) else None
        if name is None or name not in problems:
            raise
        raise problems[name] from refusal
