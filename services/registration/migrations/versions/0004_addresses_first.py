"""An address is looked up by itself, whatever PostgreSQL knows of its event."""

from collections.abc import Sequence

from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NAME, TABLE = "uq_registrations_address", "registrations"


def upgrade() -> None:
    _index_by(["address_key", "event_id", "address_slot"])


def downgrade() -> None:
    _index_by(["event_id", "address_key", "address_slot"])


def _index_by(columns: list[str]) -> None:
    op.drop_index(NAME, table_name=TABLE)
    op.create_index(NAME, TABLE, columns, unique=True, postgresql_where="status <> 'cancelled'")
