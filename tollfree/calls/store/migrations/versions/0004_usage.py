"""What engines did for each call."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_COUNTED = ("times", "failed", "dropped")
_TOKENS = ("prompt_tokens", "cached_tokens", "completion_tokens", "characters", "kept_characters")
_SECONDS = ("heard_s", "heard_ahead_s", "took_s", "seconds")


def _key(name: str) -> sa.Column[str]:
    """Sorted by code point on both databases."""
    return sa.Column(name, sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False)


def upgrade() -> None:
    """Creates the table, and an index from which minutes are counted without reading calls' states."""
    op.create_table(
        "call_usage",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        _key("call_id"),
        _key("project"),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        _key("intent"),
        sa.Column("work", sa.String(8), nullable=False),
        _key("engine"),
        _key("model"),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _COUNTED),
        *(sa.Column(name, sa.Float(), nullable=False) for name in _SECONDS),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in _TOKENS),
        sa.Column("gpu_s", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_call_usage"),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_call_usage_calls", ondelete="CASCADE"),
    )
    op.create_index("ix_call_usage_call_id", "call_usage", ["call_id"])
    op.create_index("ix_call_usage_started_at_project", "call_usage", ["started_at", "project"])
    op.create_index("ix_calls_project_started_at_ended_at", "calls", ["project", "started_at", "ended_at"])
