"""A run of badges keeps how it looks from beginning to end, and each badge how it looked."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column(
        "document_runs",
        sa.Column("looks", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    )
    op.add_column("printed_badges", sa.Column("looks", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("printed_badges", "looks")
    op.drop_column("document_runs", "looks")
