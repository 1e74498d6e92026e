"""Alembic's environment: all models of the service, so that none is forgotten."""

from services.certificates.tables import METADATA
from shared.kit.migrations import run_env

run_env(METADATA)
