"""A networking plan remembers whether people get mails about it: some become known only after it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("networking_plans", sa.Column("mails", sa.Boolean(), server_default="true", nullable=False))
    op.alter_column("networking_plans", "mails", server_default=None)


def downgrade() -> None:
    op.drop_column("networking_plans", "mails")
