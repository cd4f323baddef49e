"""People, their roles and keys, and what they did."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


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
        "users",
        _key("id"),
        _key("email"),
        _prose("name"),
        _prose("password_hash"),
        sa.Column("everywhere", sa.Boolean(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("email"),
    )
    op.create_table(
        "memberships",
        _key("user_id"),
        _key("project"),
        sa.Column("role", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "project", name="pk_memberships"),
        _goes_with("memberships", "user_id", "users"),
        _goes_with("memberships", "project", "projects"),
    )
    op.create_index("ix_memberships_project", "memberships", ["project"])
    op.create_table(
        "sign_ins",
        sa.Column("token_sha256", sa.String(64), nullable=False),
        _key("user_id"),
        _moment("began_at"),
        _moment("until"),
        sa.PrimaryKeyConstraint("token_sha256", name="pk_sign_ins"),
        _goes_with("sign_ins", "user_id", "users"),
    )
    op.create_index("ix_sign_ins_user_id", "sign_ins", ["user_id"])
    op.create_table(
        "api_keys",
        _key("id"),
        sa.Column("key_sha256", sa.String(64), nullable=False),
        _key("project"),
        _prose("name"),
        sa.Column("role", sa.String(16), nullable=False),
        _moment("created_at"),
        _prose("created_by"),
        _moment("until", nullable=True),
        _moment("used_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
        sa.UniqueConstraint("key_sha256"),
        _goes_with("api_keys", "project", "projects"),
    )
    op.create_index("ix_api_keys_project", "api_keys", ["project"])
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        _moment("at"),
        _prose("who"),
        _key("who_id"),
        _key("project"),
        _key("action"),
        _prose("subject"),
        _prose("details"),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_project_id", "audit", ["project", "id"])
