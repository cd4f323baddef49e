"""Numbers that are answered, and calls that wait for a person."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def _key(name: str) -> sa.Column[str]:
    """Sorted by code point on both databases."""
    return sa.Column(name, sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False)


def _prose(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    """Creates both tables."""
    op.create_table(
        "numbers",
        _key("number"),
        _key("project"),
        _prose("agent"),
        _prose("addresses"),
        _prose("trunk"),
        _prose("dispatch_rule"),
        sa.Column("by_sip", sa.Boolean(), nullable=False),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("number", name="pk_numbers"),
        sa.ForeignKeyConstraint(["project"], ["projects.id"], name="fk_numbers_projects", ondelete="CASCADE"),
    )
    op.create_index("ix_numbers_project_number", "numbers", ["project", "number"])
    op.create_table(
        "waiting_calls",
        _key("call_id"),
        _prose("queue"),
        _prose("room"),
        _prose("caller"),
        _prose("summary"),
        _moment("since"),
        _moment("until"),
        _prose("taken_by"),
        _moment("taken_at", nullable=True),
        sa.PrimaryKeyConstraint("call_id", name="pk_waiting_calls"),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_waiting_calls_calls", ondelete="CASCADE"),
    )
