"""PostgreSQL: the bases of all models, engines and sessions.

Tables carry no schema in code. A service's role has its own schema as `search_path`, so the
kit's tables (outbox, inbox, mails, answers) exist once in each schema under the same names.
"""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import uuid_utils.compat
from sqlalchemy import DateTime, Engine, MetaData, String, create_engine
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
        connect_args={"connect_timeout": 5, "application_name": "treffpunkt"},
    )


def make_sessions(engine: Engine) -> Sessions:
    return sessionmaker(engine, expire_on_commit=False)
