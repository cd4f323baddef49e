"""On which LiveKit server a call waits for a person."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Adds the column; a call that waits meanwhile is found where the settings say."""
    op.add_column("waiting_calls", sa.Column("server", sa.Text(), nullable=False, server_default=""))
