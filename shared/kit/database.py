"""PostgreSQL: the bases of all models, engines and sessions.

Tables carry no schema in code. A service's role has its own schema as `search_path`, so the
kit's tables (outbox, inbox, mails, answers) exist once in each schema under the same names.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Annotated, Any, cast
from uuid import UUID

import uuid_utils.compat
from sqlalchemy import DateTime, Engine, MetaData, String, Table, TextClause, create_engine, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, sessionmaker

# Constraint names are part of migrations: without a convention PostgreSQL invents them and
# a later `ALTER TABLE … DROP CONSTRAINT` has nothing to name.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

TYPES: dict[Any, Any] = {
    datetime: DateTime(timezone=True),
    dict[str, Any]: JSONB,
    list[Any]: JSONB,
    list[str]: JSONB,
    dict[str, str]: JSONB,
    str: String,
}


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562): sorted by time, so that indexes grow at their end."""
    return uuid_utils.compat.uuid7()


class KitBase(DeclarativeBase):
    """Base of the tables that every service has: outbox, inbox, mails, stored answers."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = TYPES


class ServiceBase(DeclarativeBase):
    """Abstract base of a service's own tables; each service derives one `Base` with its metadata."""

    __abstract__ = True
    type_annotation_map = TYPES


def service_metadata() -> MetaData:
    return MetaData(naming_convention=NAMING)


Id = Annotated[UUID, mapped_column(primary_key=True, default=new_id)]

# Postgres counts a version up in one place; it is the ETag, the lock against lost updates and the
# sequence of an aggregate's messages at once.
Version = Annotated[int, mapped_column(default=1)]

Sessions = sessionmaker[Session]


# A process on one processor gains nothing from more transactions at once; PostgreSQL has 100
# connections by default for all processes together.
POOL_SIZE = 10
# For readiness checks beside the requests, which hold one connection each.
OVERFLOW = 5


def make_engine(url: str, *, pool_size: int = POOL_SIZE) -> Engine:
    """An engine whose connections are checked before use, since a restarted server drops them all.

    Errors do not quote the parameters of their statement: those are people's data.
    """
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=OVERFLOW,
        pool_timeout=5,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={
            "connect_timeout": 5,
            "application_name": "treffpunkt",
            # A plan that was made for a prepared statement while a table was small reads all of it when it has grown,
            # until PostgreSQL has counted again: in the middle of a rush that is too late.
            "options": "-c plan_cache_mode=force_custom_plan",
        },
    )


def make_sessions(engine: Engine) -> Sessions:
    return sessionmaker(engine, expire_on_commit=False)


def table_of(model: type[DeclarativeBase]) -> Table:
    """For statements on a hot path: those on a model's attributes cost three times as much to execute."""
    return cast(Table, model.__table__)


def insert_rows(
    session: Session, model: type[DeclarativeBase], rows: Sequence[Mapping[str, Any]], *, then: str = ""
) -> None:
    """Insert any number of rows, each naming the same columns, by one statement; `then` is a query that goes with it.

    They travel as one JSON document, which costs a fifth of the same rows as parameters or objects. Defaults
    of the model are not filled in.
    """
    if rows:
        document = json.dumps(rows, default=_as_json)
        session.execute(_insertion(table_of(model).name, tuple(rows[0]), then), {"rows": document})


@cache
def _insertion(table: str, columns: tuple[str, ...], then: str) -> TextClause:
    names = ", ".join(columns)
    # Names of our own tables and columns; the values are a parameter.
    insertion = (
        f"INSERT INTO {table} ({names}) "  # noqa: S608
        f"SELECT {names} FROM json_populate_recordset(NULL::{table}, CAST(:rows AS json))"
    )
    return text(f"WITH inserted AS ({insertion}) {then}" if then else insertion)


def _as_json(value: object) -> str:
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"No column takes {type(value).__name__}.")
