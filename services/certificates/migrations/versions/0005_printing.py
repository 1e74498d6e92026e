"""Printing in steps, printers with their offsets, what was printed for whom, and lists that were signed."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

COUNTERS = ("stalled", "checked", "drawn", "total")


def upgrade() -> None:
    for name in COUNTERS:
        _add(sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    _add(sa.Column("options", JSONB(), nullable=False, server_default="{}"))
    _add(sa.Column("parts", JSONB(), nullable=False, server_default="[]"))
    # Only the rows that are there need them: models say what new ones begin with.
    for name in (*COUNTERS, "options", "parts"):
        op.alter_column("document_runs", name, server_default=None)
    _add(sa.Column("people", JSONB(), nullable=True))
    _add(sa.Column("waits_for", sa.String(), nullable=True))
    _add(sa.Column("not_before", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "printers",
        sa.Column("printer_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        *(
            sa.Column(name, sa.Numeric(3, 1), nullable=False)
            for name in ("front_right", "front_down", "back_right", "back_down")
        ),
        sa.PrimaryKeyConstraint("printer_id", name=op.f("pk_printers")),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_printers_organisation_id_name")),
    )
    op.create_table(
        "printed_badges",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "registration_id", name=op.f("pk_printed_badges")),
    )
    op.create_index("ix_printed_badges_person", "printed_badges", ["event_id", "registration_id"])
    op.create_table(
        "signed_lists",
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("list_id", name=op.f("pk_signed_lists")),
    )
    op.create_index(op.f("ix_signed_lists_event_id"), "signed_lists", ["event_id"])


def _add(column: sa.Column[object]) -> None:
    op.add_column("document_runs", column)


def downgrade() -> None:
    for table in ("signed_lists", "printed_badges", "printers"):
        op.drop_table(table)
    for name in ("not_before", "waits_for", "people", "parts", "options", *reversed(COUNTERS)):
        op.drop_column("document_runs", name)
