"""Door devices."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "door_devices",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("held >= 0", name=op.f("ck_door_devices_held")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_door_devices_event_id_events")),
        sa.PrimaryKeyConstraint("event_id", "name", name=op.f("pk_door_devices")),
    )
    op.create_table(
        "closings",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_closings_event_id_events")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_closings")),
    )


def downgrade() -> None:
    op.drop_table("closings")
    op.drop_table("door_devices")
