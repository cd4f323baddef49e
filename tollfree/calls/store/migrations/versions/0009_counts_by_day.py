"""Lists by outcome and by caller without a look at every call; counts by the day beside those by the hour."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

FACTS = ("flow", "agent", "line", "version", "started_at", "ended_at")
"""What a list shows besides what each index begins with: no row has to be read for it."""


def _key(name: str) -> sa.Column[str]:
    """Sorted by code point on both databases."""
    return sa.Column(name, sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False)


def upgrade() -> None:
    """Adds the indexes and the table, and sums up the days so far. Waits were kept by the day already."""
    op.create_index("ix_calls_by_outcome", "calls", ["project", "outcome", "id", "caller", *FACTS])
    op.create_index("ix_calls_by_caller", "calls", ["project", "caller", "id", "outcome", *FACTS])
    op.create_table(
        "daily_counts",
        _key("project"),
        _key("day"),
        _key("what"),
        _key("name"),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("project", "day", "what", "name", name="pk_daily_counts"),
        sa.ForeignKeyConstraint(["project"], ["projects.id"], name="fk_daily_counts_projects", ondelete="CASCADE"),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO daily_counts (project, day, what, name, count, amount) "
        "SELECT project, substr(hour, 1, 10), what, name, sum(count), sum(amount) FROM hourly_counts "
        "GROUP BY project, substr(hour, 1, 10), what, name ORDER BY 1, 2, 3, 4"
    )
    op.execute("DELETE FROM hourly_counts WHERE what = 'wait'")
