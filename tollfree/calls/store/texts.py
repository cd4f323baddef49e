"""What was said in calls, as it is searched: SQLite's FTS5, or PostgreSQL's text search over the same words."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    TextClause,
    column,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    table,
    text,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from tollfree.calls.call_id import CALL_ID, began_ms
from tollfree.calls.store.database import Database
from tollfree.calls.store.errors import BadQuery, UnknownCall
from tollfree.calls.store.tables import calls
from tollfree.calls.store.tables_found import call_texts
from tollfree.calls.words import words_of
from tollfree.protocol.ids import CallId, ProjectId

MOST_WORDS = 20_000
"""Different words of a call that are kept: more than fifty hours of talk have."""
MOST_ASKED = 16
"""Words of a query."""
SHORTEST_BEGINNING = 3
"""Letters before a `*`: fewer begin half of all words."""

_WORDS_TABLE = table("call_words", column("rowid", BigInteger))
_CALL_ID = re.compile(CALL_ID)
_CHANCE_BITS = 13
"""Of a place, below the milliseconds: they tell calls of the same millisecond apart, in the order of their ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallText:
    """The words of a call."""

    words: frozenset[str]
    """All that were said."""
    shown: frozenset[str]
    """Those that people may know who may not know personal values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextQuery:
    """Words that must all have been said."""

    words: tuple[str, ...]
    """As `words_of` gives them; one that ends in `*` is the beginning of a word."""
    personal: bool
    """Whether words that tell personal values are found too."""


def query_of(written: str, *, personal: bool) -> TextQuery:
    """What a person wrote. Raises `BadQuery` when there is no word in it, or too many."""
    asked: dict[str, None] = {}
    for part in written.split():
        words = words_of(part)
        for place, word in enumerate(words):
            begins = part.endswith("*") and place == len(words) - 1 and len(word) >= SHORTEST_BEGINNING
            asked[f"{word}*" if begins else word] = None
    if not 0 < len(asked) <= MOST_ASKED:
        raise BadQuery(f"Search for one to {MOST_ASKED} words. Letters and figures count; signs do not.")
    return TextQuery(words=tuple(asked), personal=personal)


class CallTexts:
    """The words of all calls that have ended."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def missing(self, *, after: CallId | None = None, limit: int = 200) -> tuple[CallId, ...]:
        """Calls that have ended and are not found by their words: they ended before words were kept. Oldest first."""
        kept = exists().where(call_texts.c.call_id == calls.c.id)
        wanted = select(calls.c.id).where(calls.c.ended_at.is_not(None), ~kept).order_by(calls.c.id).limit(limit)
        if after is not None:
            wanted = wanted.where(calls.c.id > after)
        async with self._database.reading() as connection:
            return tuple(CallId(id) for id in await connection.scalars(wanted))

    async def keep(self, call: CallId, said: CallText) -> None:
        """Have a call found by these words, and no others. Raises `UnknownCall`."""
        async with self._database.writing() as connection:
            await add_text(connection, call, said)

    async def forget(self, call: CallId) -> None:
        """Have a call found by no word any more: what was said is erased. Safe to call again."""
        async with self._database.writing() as connection:
            await connection.execute(delete(call_texts).where(call_texts.c.call_id == call))


async def add_text(connection: AsyncConnection, call: CallId, said: CallText) -> None:
    """Within a transaction. Raises `UnknownCall`."""
    owned = (await connection.execute(select(calls.c.project, calls.c.started_at).where(calls.c.id == call))).first()
    if owned is None:
        raise UnknownCall(call)
    await connection.execute(delete(call_texts).where(call_texts.c.call_id == call))
    place = place_of(call, owned.started_at)
    while await connection.scalar(select(call_texts.c.place).where(call_texts.c.place == place)) is not None:
        place += 1
    row = {"place": place, "call_id": call, "project": owned.project}
    texts = {"words": _line(said.words), "shown": _line(said.shown)}
    if connection.dialect.name == "sqlite":
        await connection.execute(insert(call_texts), {**row, **texts})
    else:
        vectors = {
            name: func.array_to_tsvector(func.string_to_array(literal(line), " ")) for name, line in texts.items()
        }
        await connection.execute(insert(call_texts).values(**row, **vectors))


def newest_found(
    connection: Connection,
    wanted: Select[*tuple[object, ...]],
    query: TextQuery,
    project: ProjectId | None,
    before: CallId | None,
    newest: Select[str] | None,
) -> Select[*tuple[object, ...]]:
    """A choice of calls, narrowed to those whose words match, newest first. `before`: only those before this one.
    `newest`: chooses as many texts as calls are wanted, where words are all that narrows these; see `CallFilter`."""
    kept = "words" if query.personal else "shown"
    if connection.dialect.name == "sqlite":
        place = _WORDS_TABLE.c.rowid  # FTS5 finds in this order, and stops when it has enough
        texts = _WORDS_TABLE.join(call_texts, call_texts.c.place == place)
        parts = [_quoted(word, f'{kept} : "{{}}"', " *") for word in query.words]
        parts += [f'project : "{word}"' for word in words_of(project or "")]
        matches = text("call_words MATCH :asked").bindparams(asked=" AND ".join(parts))
        if before is not None:
            wanted = wanted.where(place < _place_before(connection, before))
        return wanted.select_from(texts.join(calls)).where(matches).order_by(place.desc())
    # In the order of calls, not of texts: PostgreSQL then begins with the words or with the calls, whichever are fewer.
    asked = " & ".join(_quoted(word, "'{}'", ":*") for word in query.words)
    matches = text(f"call_texts.{kept} @@ CAST(:asked AS tsquery)").bindparams(asked=asked)
    conditions: list[ColumnElement[bool] | TextClause] = [matches]
    if project is not None:
        conditions.append(call_texts.c.project == project)
    if before is not None:
        conditions.append(call_texts.c.call_id < before)
    if newest is None:
        return wanted.select_from(calls.join(call_texts)).where(*conditions).order_by(calls.c.id.desc())
    chosen = newest.where(*conditions).order_by(call_texts.c.call_id.desc())
    return wanted.where(calls.c.id.in_(chosen)).order_by(calls.c.id.desc())


def _quoted(word: str, as_written: str, beginning: str) -> str:
    """A word of a query; there is nothing in it but letters and figures."""
    return as_written.format(word.removesuffix("*")) + (beginning if word.endswith("*") else "")


def _place_before(connection: Connection, call: CallId) -> int:
    """The place of a call, before which others are looked for."""
    place = connection.scalar(select(call_texts.c.place).where(call_texts.c.call_id == call))
    return place_of(call) if place is None else place


def place_of(call: CallId, started_at: datetime | None = None) -> int:
    """Where a call stands among all, by when it began."""
    if _CALL_ID.match(call):
        ms, chance = began_ms(call)
        return (ms << _CHANCE_BITS) | (chance >> (80 - _CHANCE_BITS))
    return (int(started_at.timestamp() * 1000) if started_at is not None else 0) << _CHANCE_BITS


def _line(words: Iterable[str]) -> str:
    return " ".join(sorted(words)[:MOST_WORDS])
