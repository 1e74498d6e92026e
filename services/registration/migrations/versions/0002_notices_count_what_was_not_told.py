"""Notices count what was not told."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("notices", sa.Column("untold", sa.Integer(), server_default="0", nullable=False))
    op.add_column("notices", sa.Column("untold_since", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("notices", "untold_since")
    op.drop_column("notices", "untold")
