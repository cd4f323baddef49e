"""What people tell running calls to do."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Creates the table, and the index by which a call's process looks for what is new."""
    op.create_table(
        "call_commands",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("call_id", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_call_commands"),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_call_commands_calls", ondelete="CASCADE"),
    )
    op.create_index("ix_call_commands_call_id_id", "call_commands", ["call_id", "id"])
