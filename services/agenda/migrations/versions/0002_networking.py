"""Networking sessions with their rules and plans, and what they need of people: category, order, exits."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "departures",
        sa.Column("exit_id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("exit_id", name=op.f("pk_departures")),
    )
    op.create_index("ix_departures_event_id", "departures", ["event_id", "registration_id"], unique=False)
    op.create_table(
        "networking_plans",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("people", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("tables", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("problem", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("units", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("rows", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("replans", sa.Integer(), nullable=True),
        sa.Column("edition", sa.Integer(), nullable=True),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("seconds_taken", sa.Double(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("seconds > 0", name=op.f("ck_networking_plans_seconds_are_positive")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_networking_plans_event_id_events")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
            name=op.f("fk_networking_plans_session_id_sessions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_networking_plans")),
        sa.UniqueConstraint("session_id", "number", name=op.f("uq_networking_plans_session_id_number")),
    )
    op.create_index(
        "ix_networking_plans_due",
        "networking_plans",
        ["requested_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('queued', 'solving')"),
    )
    op.create_index(
        "uq_networking_plans_under_way",
        "networking_plans",
        ["session_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('queued', 'solving')"),
    )
    op.create_index(
        "uq_networking_plans_published",
        "networking_plans",
        ["session_id"],
        unique=True,
        postgresql_where=sa.text("state = 'published'"),
    )
    op.create_table(
        "networking_sessions",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("rules", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("round_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seconds_left", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_networking_sessions_event_id_events")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
            name=op.f("fk_networking_sessions_session_id_sessions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_networking_sessions")),
    )
    op.create_index("ix_networking_sessions_event_id", "networking_sessions", ["event_id"], unique=False)
    op.add_column("attendees", sa.Column("sort_key", sa.String(), server_default="", nullable=False))
    op.add_column("attendees", sa.Column("category", sa.String(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("attendees", "category")
    op.drop_column("attendees", "sort_key")
    op.drop_index("ix_networking_sessions_event_id", table_name="networking_sessions")
    op.drop_table("networking_sessions")
    op.drop_index(
        "uq_networking_plans_under_way",
        table_name="networking_plans",
        postgresql_where=sa.text("state IN ('queued', 'solving')"),
    )
    op.drop_index(
        "ix_networking_plans_due",
        table_name="networking_plans",
        postgresql_where=sa.text("state IN ('queued', 'solving')"),
    )
    op.drop_index(
        "uq_networking_plans_published",
        table_name="networking_plans",
        postgresql_where=sa.text("state = 'published'"),
    )
    op.drop_table("networking_plans")
    op.drop_index("ix_departures_event_id", table_name="departures")
    op.drop_table("departures")
