"""A networking plan knows what people were told of it by mail, and whether they walk from station to station."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column(
        "networking_plans",
        sa.Column("told", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    )
    # Until now whoever was told was told everything that a plan says.
    op.execute(
        "UPDATE networking_plans SET told = "
        "jsonb_build_object('room', room, 'rounds', rounds, 'ways', ways) WHERE mails"
    )
    op.add_column(
        "networking_plans", sa.Column("has_stations", sa.Boolean(), server_default="false", nullable=False)
    )
    op.alter_column("networking_plans", "has_stations", server_default=None)


def downgrade() -> None:
    op.drop_column("networking_plans", "has_stations")
    op.drop_column("networking_plans", "told")
