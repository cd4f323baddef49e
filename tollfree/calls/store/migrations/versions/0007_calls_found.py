"""Calls that are found again: by every filter, by what was said in them, and while they run."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"

LISTED = ("project", "id", "flow", "agent", "line", "outcome", "caller", "version", "started_at", "ended_at")
WORDS = """
CREATE VIRTUAL TABLE call_words USING fts5(
    project, words, shown, content='call_texts', content_rowid='place', tokenize='unicode61', prefix='3', detail=column
)
"""
"""Words are prepared by this program; the tokenizer only parts them at spaces."""
KEPT_IN_STEP = (
    "CREATE TRIGGER call_texts_added AFTER INSERT ON call_texts BEGIN "
    "INSERT INTO call_words(rowid, project, words, shown) VALUES (new.place, new.project, new.words, new.shown); END",
    "CREATE TRIGGER call_texts_removed AFTER DELETE ON call_texts BEGIN "
    "INSERT INTO call_words(call_words, rowid, project, words, shown) "
    "VALUES ('delete', old.place, old.project, old.words, old.shown); END",
)


def _key(name: str) -> sa.Column[str]:
    """Sorted by code point on both databases."""
    return sa.Column(name, sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False)


def _words(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text().with_variant(postgresql.TSVECTOR(), "postgresql"), nullable=False)


def upgrade() -> None:
    """Adds the caller to calls, the indexes, and the tables."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.add_column("calls", sa.Column("caller", sa.Text(), nullable=False, server_default=""))
    op.create_index("ix_calls_listed", "calls", list(LISTED))
    running = sa.text("ended_at IS NULL")
    op.create_index("ix_calls_running", "calls", ["id"], sqlite_where=running, postgresql_where=running)
    op.create_table(
        "call_texts",
        sa.Column("place", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        _key("call_id"),
        _key("project"),
        _words("words"),
        _words("shown"),
        sa.PrimaryKeyConstraint("place", name="pk_call_texts"),
        sa.UniqueConstraint("call_id"),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_call_texts_calls", ondelete="CASCADE"),
    )
    if sqlite:
        for statement in (WORDS, *KEPT_IN_STEP):
            op.execute(statement)
    else:
        op.create_index("ix_call_texts_project_place", "call_texts", ["project", "place"])
        for column in ("words", "shown"):
            op.create_index(f"ix_call_texts_{column}", "call_texts", [column], postgresql_using="gin")
    op.create_table(
        "idempotent_requests",
        _key("project"),
        _key("who_id"),
        _key("key"),
        sa.Column("request_sha256", sa.String(64), nullable=False),
        sa.Column("answer", sa.Text()),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("project", "who_id", "key", name="pk_idempotent_requests"),
        sa.ForeignKeyConstraint(
            ["project"], ["projects.id"], name="fk_idempotent_requests_projects", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_idempotent_requests_at", "idempotent_requests", ["at"])
