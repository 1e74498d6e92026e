"""Alembic's entry: registration's tables and the kit's."""

from services.registration.tables import METADATA
from shared.kit.migrations import run_env

run_env(METADATA)
