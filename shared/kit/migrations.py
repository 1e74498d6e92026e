"""Alembic for each service: run once before the processes start, by whoever comes first."""

import time
from pathlib import Path

import structlog
from alembic import command, context
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, NullPool, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from shared.kit.settings import SERVICES, Settings
from shared.kit.tables import METADATA
from shared.kit.telemetry import describe_error

log = structlog.get_logger()

ROOT = Path(__file__).parents[2]
# One lock for all: two replicas that start together migrate one after the other.
LOCK = 0x7472656666
# Whoever waits looks often, and says so as often as somebody reads it.
PAUSE_SECONDS = 1.0
LOOKS_TO_A_SENTENCE = 30


def config_for(service: str, connection: Connection | None = None) -> Config:
    """Alembic's configuration of one service, on the given connection."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "services" / service / "migrations"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


def upgrade(service: str, url: str) -> None:
    """Bring a service's schema to the newest migration, under an advisory lock."""
    with create_engine(url, poolclass=NullPool).connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
        # The lock belongs to the session; committing keeps it and lets Alembic begin its own.
        connection.commit()
        command.upgrade(config_for(service, connection), "head")
        connection.commit()


def upgrade_all(settings: Settings) -> None:
    """Bring every installed service's schema to its newest migration; an image holds one service."""
    for service in SERVICES:
        if (ROOT / "services" / service).is_dir():
            upgrade(service, settings.database_url(service))


def is_at_head(service: str, engine: Engine) -> bool:
    """Whether the schema of a service is at its newest migration."""
    newest = ScriptDirectory.from_config(config_for(service)).get_current_head()
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == newest


def wait_until_at_head(service: str, engine: Engine, *, pause: float = PAUSE_SECONDS) -> None:
    """Come back when the schema is the one that this code knows, however long that takes.

    What a process does to tables that it does not know fails at best; exiting instead would make a
    supervisor give it up before a long migration has ended.
    """
    looks = 0
    while sentence := _why_not(service, engine):
        if looks % LOOKS_TO_A_SENTENCE == 0:
            log.warning("worker.waits", service=service, reason=sentence)
        looks += 1
        time.sleep(pause)


def _why_not(service: str, engine: Engine) -> str:
    try:
        return "" if is_at_head(service, engine) else "`treffpunkt migrate` has not run for this version"
    except SQLAlchemyError as problem:
        return f"the database does not answer ({describe_error(problem)['error']})"


def write(service: str, url: str, message: str, revision: str) -> None:
    """Write a migration from what the models have and the database has not."""
    with create_engine(url, poolclass=NullPool).connect() as connection:
        command.revision(config_for(service, connection), message, autogenerate=True, rev_id=revision)


def run_env(metadata: MetaData) -> None:
    """What a service's `migrations/env.py` does: its own tables and the kit's, on the given connection."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=[METADATA, metadata],
        compare_type=True,
        compare_server_default=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
