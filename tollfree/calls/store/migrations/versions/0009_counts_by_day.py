"""Lists by outcome and by caller without a look at every call; counts by the day beside those by the hour."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

ADDED = """
INSERT INTO daily_counts (project, day, what, name, count, amount)
VALUES (new.project, substr(new.hour, 1, 10), new.what, new.name, {count}, {amount})
ON CONFLICT (project, day, what, name)
DO UPDATE SET count = daily_counts.count + excluded.count, amount = daily_counts.amount + excluded.amount
"""
"""What an hour gained, its day gains too. By the database, as programs of before 0009 write hours alone, and go on for
as long as their calls do."""
GAINS = {
    "INSERT": ADDED.format(count="new.count", amount="new.amount"),
    "UPDATE": ADDED.format(count="new.count - old.count", amount="new.amount - old.amount"),
}

FACTS = ("flow", "agent", "line", "version", "started_at", "ended_at")
"""What a list shows besides what each index begins with: no row has to be read for it."""


def _key(name: str) -> sa.Column[str]:
    """Sorted by code point on both databases."""
    return sa.Column(name, sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False)


def upgrade() -> None:
    """Adds the indexes and the table, and sums up the days so far. Waits were kept by the day already."""
    sqlite = op.get_bind().dialect.name == "sqlite"
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
    # Before the days are summed up: on PostgreSQL this waits for those who add to hours, and holds up others.
    for done, gain in GAINS.items():
        _keep_days(done, gain, sqlite=sqlite)
    op.execute(
        "INSERT INTO daily_counts (project, day, what, name, count, amount) "
        "SELECT project, substr(hour, 1, 10), what, name, sum(count), sum(amount) FROM hourly_counts "
        "GROUP BY project, substr(hour, 1, 10), what, name ORDER BY 1, 2, 3, 4"
    )
    op.execute("DELETE FROM hourly_counts WHERE what = 'wait'")


def _keep_days(done: str, gain: str, *, sqlite: bool) -> None:
    name = f"daily_counts_after_{done.lower()}"
    trigger = f"CREATE TRIGGER {name} AFTER {done} ON hourly_counts FOR EACH ROW"
    if sqlite:
        op.execute(f"{trigger} BEGIN {gain}; END")
    else:
        op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {gain}; RETURN NULL; END $$")
        op.execute(f"{trigger} EXECUTE FUNCTION {name}()")
