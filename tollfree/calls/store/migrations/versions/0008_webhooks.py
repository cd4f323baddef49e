"""Webhooks and what is to be delivered to them, links to set a password, what is counted of calls by the hour, and
which calls were erased."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def _key(name: str) -> sa.Column[str]:
    """Sorted by code point on both databases."""
    return sa.Column(name, sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False)


def _prose(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _goes_with(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{other}", ondelete="CASCADE")


def upgrade() -> None:
    """Creates the tables."""
    op.create_table(
        "password_links",
        sa.Column("token_sha256", sa.String(64), nullable=False),
        _key("user_id"),
        _moment("until"),
        sa.PrimaryKeyConstraint("token_sha256", name="pk_password_links"),
        _goes_with("password_links", "user_id", "users"),
    )
    op.create_index("ix_password_links_user_id", "password_links", ["user_id"])
    op.create_table(
        "webhooks",
        _key("id"),
        _key("project"),
        _prose("url"),
        _prose("events"),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        _moment("created_at"),
        _prose("created_by"),
        sa.PrimaryKeyConstraint("id", name="pk_webhooks"),
        _goes_with("webhooks", "project", "projects"),
    )
    op.create_index("ix_webhooks_project", "webhooks", ["project"])
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        _key("webhook"),
        _key("event"),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        _moment("made_at"),
        _moment("next_at"),
        _moment("ended_at", nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        _prose("error"),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_deliveries"),
        _goes_with("webhook_deliveries", "webhook", "webhooks"),
    )
    op.create_index("ix_webhook_deliveries_state_next_at", "webhook_deliveries", ["state", "next_at"])
    op.create_index("ix_webhook_deliveries_webhook_id", "webhook_deliveries", ["webhook", "id"])
    op.create_table(
        "hourly_counts",
        _key("project"),
        _key("hour"),
        _key("what"),
        _key("name"),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("project", "hour", "what", "name", name="pk_hourly_counts"),
        _goes_with("hourly_counts", "project", "projects"),
    )
    op.create_table(
        "erased_calls",
        _key("call_id"),
        _moment("at"),
        sa.PrimaryKeyConstraint("call_id", name="pk_erased_calls"),
        _goes_with("erased_calls", "call_id", "calls"),
    )
