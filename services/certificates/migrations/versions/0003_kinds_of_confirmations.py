"""Kinds of confirmations."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


VALID = sa.text("state = 'valid'")
JSON = postgresql.JSONB(astext_type=sa.Text())
# What the events have had so far: one kind, for everybody.
ATTENDANCE = '[{"kind": "attendance", "categories": []}]'


def upgrade() -> None:
    _add("rules", "offers", JSON, ATTENDANCE)
    _add("rules", "required_sessions", JSON, "[]")
    _add("rules", "own_confirmations", JSON, "[]")
    _add("rules", "changes", sa.String(), "ask")
    _add("rules", "delivery", sa.String(), "attachment")
    _add("attendance_totals", "devices", JSON, "[]")
    _add("confirmations", "kind", sa.String(), "attendance")
    _add("confirmations", "session_key", sa.String(), "")
    _add("confirmations", "is_to_renew", sa.Boolean(), "false")
    _add("confirmations", "mailings", sa.Integer(), "1")
    for name in ("replaces", "replaced_by"):
        op.add_column("confirmations", sa.Column(name, sa.String(), nullable=True))
    op.add_column("confirmations", sa.Column("bounced_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_index("uq_confirmations_valid", table_name="confirmations", postgresql_where=VALID)
    _index_valid("registration_id", "kind", "session_key")
    _create_decisions()


def _add(table: str, column: str, kind: sa.types.TypeEngine[Any], value: str) -> None:
    """A column whose rows so far get a value; new ones get theirs from the model."""
    op.add_column(table, sa.Column(column, kind, server_default=value, nullable=False))
    op.alter_column(table, column, server_default=None)


def _index_valid(*columns: str) -> None:
    op.create_index(
        "uq_confirmations_valid", "confirmations", list(columns), unique=True, postgresql_where=VALID
    )


def _create_decisions() -> None:
    op.create_table(
        "paper_decisions",
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("paper", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("is_in", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("registration_id", "paper", name=op.f("pk_paper_decisions")),
    )
    op.create_index(op.f("ix_paper_decisions_event_id"), "paper_decisions", ["event_id"], unique=False)
    op.create_table(
        "go_aheads",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("without", JSON, nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_go_aheads")),
    )


def downgrade() -> None:
    op.drop_table("go_aheads")
    op.drop_index(op.f("ix_paper_decisions_event_id"), table_name="paper_decisions")
    op.drop_table("paper_decisions")
    op.drop_index("uq_confirmations_valid", table_name="confirmations", postgresql_where=VALID)
    # The version before knew one kind; what is of another is no longer valid there, but not lost.
    op.execute("UPDATE confirmations SET state = 'revoked' WHERE kind <> 'attendance'")
    _index_valid("registration_id")
    for name in ("bounced_at", "replaced_by", "replaces", "mailings", "is_to_renew", "session_key", "kind"):
        op.drop_column("confirmations", name)
    op.drop_column("attendance_totals", "devices")
    for name in ("delivery", "changes", "own_confirmations", "required_sessions", "offers"):
        op.drop_column("rules", name)
