"""Signed confirmations: found by their hash, and with a place in the lists of revoked credentials."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column(
        "confirmations", sa.Column("status_place", sa.BigInteger(), sa.Identity(always=False), nullable=False)
    )
    op.create_unique_constraint(op.f("uq_confirmations_status_place"), "confirmations", ["status_place"])
    op.create_index("ix_confirmations_sha256", "confirmations", ["sha256"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_confirmations_sha256", table_name="confirmations")
    op.drop_constraint(op.f("uq_confirmations_status_place"), "confirmations", type_="unique")
    op.drop_column("confirmations", "status_place")
