"""Alembic's entry: the agenda's tables and the kit's."""

from services.agenda.tables import METADATA
from shared.kit.migrations import run_env

run_env(METADATA)
