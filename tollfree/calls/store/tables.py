"""The tables, as they are at the newest migration."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    text,
)

from tollfree.calls.store.columns import Key, Moment, Prose

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_RUNS = text("ended_at IS NULL")
_FACTS = ("flow", "agent", "line", "version", "started_at", "ended_at")
"""Of a call, what a list shows besides what it is asked for by."""


def _project() -> Column[str]:
    """The first column of everything a project owns: it goes when the project goes."""
    return Column("project", Key, ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True)


def _counted() -> list[Column[str] | Column[int] | Column[float]]:
    """What was counted in a time: of what, of which, how many and how much in all."""
    return [
        Column("what", Key, primary_key=True),
        Column("name", Key, primary_key=True),
        Column("count", BigInteger, nullable=False),
        Column("amount", Float, nullable=False),
    ]


def _of_flow() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["project", "flow"], ["flows.project", "flows.name"], ondelete="CASCADE")


def _of_version() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["project", "flow", "version"],
        ["versions.project", "versions.flow", "versions.number"],
        ondelete="CASCADE",
    )


projects = Table(
    "projects",
    metadata,
    Column("id", Key, primary_key=True),
    Column("name", Prose, nullable=False),
    Column("settings", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
)

flows = Table(
    "flows",
    metadata,
    _project(),
    Column("name", Key, primary_key=True),
    Column("created_at", Moment, nullable=False),
)

drafts = Table(
    "drafts",
    metadata,
    Column("project", Key, primary_key=True),
    Column("flow", Key, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("document", Text, nullable=False),
    Column("saved_at", Moment, nullable=False),
    Column("saved_by", Prose, nullable=False),
    _of_flow(),
)

versions = Table(
    "versions",
    metadata,
    Column("project", Key, primary_key=True),
    Column("flow", Key, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("bundle", Text, nullable=False),
    Column("classifier", LargeBinary, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("note", Prose, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("created_by", Prose, nullable=False),
    _of_flow(),
)

publications = Table(
    "publications",
    metadata,
    Column("project", Key, primary_key=True),
    Column("flow", Key, primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    Column("published_at", Moment, nullable=False),
    Column("published_by", Prose, nullable=False),
    _of_version(),
)

tools = Table(
    "tools",
    metadata,
    _project(),
    Column("name", Key, primary_key=True),
    Column("document", Text, nullable=False),
    Column("saved_at", Moment, nullable=False),
)

catalogues = Table(
    "catalogues",
    metadata,
    _project(),
    Column("name", Key, primary_key=True),
    Column("format", String(8), nullable=False),
    Column("text", Prose, nullable=False),
    Column("saved_at", Moment, nullable=False),
)

secrets = Table(
    "secrets",
    metadata,
    _project(),
    Column("name", Key, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("saved_at", Moment, nullable=False),
)

calls = Table(
    "calls",
    metadata,
    Column("id", Key, primary_key=True),
    Column("project", Key, ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("agent", Prose, nullable=False),
    Column("flow", Key, nullable=False),
    Column("version", Integer, nullable=False),
    Column("line", Prose, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("outcome", Prose),
    Column("state", Text),
    Column("state_sha256", String(64)),
    Column("caller", Prose, nullable=False, server_default=""),
    _of_version(),
    Index(None, "project", "id"),
    Index(None, "project", "flow", "version"),
    # All that minutes are counted from: the rows themselves are large, for they hold final states.
    Index(None, "project", "started_at", "ended_at", "version"),
    # All that a list shows and asks for, for the same reason.
    Index(
        "ix_calls_listed",
        *("project", "id", "flow", "agent", "line", "outcome", "caller", "version", "started_at", "ended_at"),
    ),
    Index("ix_calls_by_outcome", "project", "outcome", "id", "caller", *_FACTS),
    Index("ix_calls_by_caller", "project", "caller", "id", "outcome", *_FACTS),
    Index("ix_calls_running", "id", sqlite_where=_RUNS, postgresql_where=_RUNS),
)

call_events = Table(
    "call_events",
    metadata,
    Column("call_id", Key, ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Prose, nullable=False),
    Column("kind", String(8), nullable=False),
    Column("type", Prose, nullable=False),
    Column("data", Text, nullable=False),
    CheckConstraint("kind IN ('event', 'effect', 'token', 'note')", name="kind"),
)

numbers = Table(
    "numbers",
    metadata,
    Column("number", Key, primary_key=True),
    Column("project", Key, ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("agent", Prose, nullable=False),
    Column("addresses", Prose, nullable=False),
    Column("trunk", Prose, nullable=False),
    Column("dispatch_rule", Prose, nullable=False),
    Column("by_sip", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    Index(None, "project", "number"),
)

waiting_calls = Table(
    "waiting_calls",
    metadata,
    Column("call_id", Key, ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True),
    Column("queue", Prose, nullable=False),
    Column("room", Prose, nullable=False),
    Column("caller", Prose, nullable=False),
    Column("summary", Prose, nullable=False),
    Column("since", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    Column("taken_by", Prose, nullable=False),
    Column("taken_at", Moment),
    Column("server", Prose, nullable=False, server_default=""),
)

call_usage = Table(
    "call_usage",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("call_id", Key, ForeignKey("calls.id", ondelete="CASCADE"), nullable=False),
    Column("project", Key, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("intent", Key, nullable=False),
    Column("work", String(8), nullable=False),
    Column("engine", Key, nullable=False),
    Column("model", Key, nullable=False),
    Column("times", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("dropped", Integer, nullable=False),
    Column("heard_s", Float, nullable=False),
    Column("heard_ahead_s", Float, nullable=False),
    Column("prompt_tokens", BigInteger, nullable=False),
    Column("cached_tokens", BigInteger, nullable=False),
    Column("completion_tokens", BigInteger, nullable=False),
    Column("characters", BigInteger, nullable=False),
    Column("kept_characters", BigInteger, nullable=False),
    Column("took_s", Float, nullable=False),
    Column("gpu_s", Float),
    Column("seconds", Float, nullable=False),
    Index(None, "call_id"),
    Index(None, "started_at", "project"),
)

users = Table(
    "users",
    metadata,
    Column("id", Key, primary_key=True),
    Column("email", Key, nullable=False, unique=True),
    Column("name", Prose, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("everywhere", Boolean, nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
)

memberships = Table(
    "memberships",
    metadata,
    Column("user_id", Key, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("project", Key, ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True),
    Column("role", String(16), nullable=False),
    Index(None, "project"),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("token_sha256", String(64), primary_key=True),
    Column("user_id", Key, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("began_at", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    Index(None, "user_id"),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Key, primary_key=True),
    Column("key_sha256", String(64), nullable=False, unique=True),
    Column("project", Key, ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("name", Prose, nullable=False),
    Column("role", String(16), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("created_by", Prose, nullable=False),
    Column("until", Moment),
    Column("used_at", Moment),
    Index(None, "project"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("at", Moment, nullable=False),
    Column("who", Prose, nullable=False),
    Column("who_id", Key, nullable=False),
    # no foreign key: what was done in a project that is gone stays on record
    Column("project", Key, nullable=False),
    Column("action", Key, nullable=False),
    Column("subject", Prose, nullable=False),
    Column("details", Text, nullable=False),
    Index(None, "project", "id"),
)

call_commands = Table(
    "call_commands",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("call_id", Key, ForeignKey("calls.id", ondelete="CASCADE"), nullable=False),
    Column("action", String(16), nullable=False),
    Column("name", Prose, nullable=False),
    Column("value", Text, nullable=False),
    Column("by", Prose, nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "call_id", "id"),
)

password_links = Table(
    "password_links",
    metadata,
    Column("token_sha256", String(64), primary_key=True),
    Column("user_id", Key, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("until", Moment, nullable=False),
    Index(None, "user_id"),
)

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", Key, primary_key=True),
    Column("project", Key, ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("url", Prose, nullable=False),
    Column("events", Prose, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("created_by", Prose, nullable=False),
    Index(None, "project"),
)

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("webhook", Key, ForeignKey("webhooks.id", ondelete="CASCADE"), nullable=False),
    Column("event", Key, nullable=False),
    Column("payload", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("next_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("status", Integer),
    Column("error", Prose, nullable=False),
    Index(None, "state", "next_at"),
    Index(None, "webhook", "id"),
)

daily_counts = Table(
    "daily_counts",
    metadata,
    _project(),
    Column("day", Key, primary_key=True),
    *_counted(),
    # A day's rows lie together, so that a month is one stretch.
    sqlite_with_rowid=False,
)

hourly_counts = Table(
    "hourly_counts",
    metadata,
    _project(),
    Column("hour", Key, primary_key=True),
    *_counted(),
)

erased_calls = Table(
    "erased_calls",
    metadata,
    Column("call_id", Key, ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True),
    Column("at", Moment, nullable=False),
)
